-- An opening as it is told: the seed's hash from the start, the seed when it was drawn.
SELECT json_build_object('opening_id', o.opening_id, 'plan_id', o.plan_id, 'org_id', o.org_id,
    'month', to_char(o.month, 'YYYY-MM'), 'opens_at', vigil.rfc3339(o.opens_at), 'closes_at', vigil.rfc3339(o.closes_at),
    'seed_hash', encode(sha256(o.seed), 'hex'), 'drawn_at', vigil.rfc3339(o.drawn_at),
    'seed', CASE WHEN o.drawn_at IS NOT NULL THEN encode(o.seed, 'hex') END,
    'days', (SELECT coalesce(json_agg(d.day_id ORDER BY d.day), '[]') FROM vigil.patrol_day d
             WHERE d.opening_id = o.opening_id))::text
FROM vigil.patrol_opening o WHERE o.opening_id = $1::bigint
  AND (EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = o.org_id)
       OR o.org_id IN (SELECT vigil.roster_orgs() WHERE vigil.scope_person() IS NOT NULL));
