-- The proof of a claim that the caller sees: of whom she may know with each track, where the squad came by and
-- what of its beat is missing.
SELECT json_build_object('claim_id', c.claim_id, 'org_id', c.org_id, 'squad_id', c.squad_id, 'day_id', c.day_id,
    'beat_id', d.beat_id, 'state', c.state, 'made_at', vigil.rfc3339(p.made_at),
    'started_at', vigil.rfc3339(c.started_at), 'ended_at', vigil.rfc3339(c.ended_at),
    'length_m', p.beat_cm / 100.0, 'proven_m', p.walked_cm / 100.0,
    'share', round(p.walked_cm::numeric / p.beat_cm, 4), 'beside_m', p.beside_cm / 100.0, 'unknown_s', p.unknown_s,
    'tracks', (SELECT coalesce(json_agg(json_build_object('person_id', t.person_id, 'verdict', t.verdict,
            'reason', t.reason, 'like_claim_id', (SELECT l.claim_id FROM vigil.claim l WHERE l.claim_id = t.like_claim AND (l.claim_id = c.claim_id
                OR EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = l.org_id))), 'from', vigil.rfc3339(t.from_at),
            'until', vigil.rfc3339(t.until_at), 'positions', t.fixes, 'jumps', t.jumps,
            'proven_m', t.walked_cm / 100.0, 'ridden_m', t.ridden_cm / 100.0, 'unknown_s', t.unknown_s)
            ORDER BY t.signup_id), '[]')
        FROM vigil.proof_track t WHERE t.claim_id = c.claim_id
          AND (EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = t.org_id)
            OR EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = t.squad_org_id)
            OR t.person_id = vigil.scope_person()
            OR t.claim_id IN (SELECT vigil.roster_claims(true) WHERE vigil.scope_person() IS NOT NULL))),
    'checkpoints', (SELECT coalesce(json_agg(json_build_object('position', k.position, 'name', k.name,
            'reached_at', vigil.rfc3339(to_timestamp(nullif(k.reached_us, 0) / 1e6)), 'stayed_s', k.stayed_s)
            ORDER BY k.position), '[]')
        FROM jsonb_to_recordset(p.checkpoints) AS k (position integer, name text, reached_us bigint, stayed_s bigint)),
    'missed', (SELECT coalesce(json_agg(json_build_object('segment_id', m.segment_id, 'street', g.name,
            'from_m', lower(m.part) / 100.0, 'to_m', upper(m.part) / 100.0,
            'length_m', (upper(m.part) - lower(m.part)) / 100.0) ORDER BY m.position, lower(m.part)), '[]')
        FROM (SELECT b.segment_id, min(b.position) AS position,
                     unnest(range_agg(int4range(b.from_cm, b.to_cm))
                            - coalesce((SELECT range_agg(int4range(w.from_cm, w.to_cm)) FROM vigil.proven_street w
                                        WHERE w.claim_id = c.claim_id AND w.segment_id = b.segment_id), '{}')) AS part
              FROM vigil.beat_street b WHERE b.beat_id = d.beat_id GROUP BY b.segment_id) m
        JOIN vigil.segment g USING (segment_id)))::text
FROM vigil.proof p JOIN vigil.claim c USING (claim_id) JOIN vigil.patrol_day d USING (day_id)
WHERE p.claim_id = $1::bigint
  AND (EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = c.org_id)
       OR EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = c.squad_org_id)
       OR c.squad_id IN (SELECT vigil.roster_squads(false) WHERE vigil.scope_person() IS NOT NULL));
