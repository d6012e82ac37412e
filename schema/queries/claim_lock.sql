-- A claim to be changed, with the moment it is changed at, and for whom the caller acts.
SELECT c.claim_id, c.day_id, c.org_id, c.squad_id, c.squad_org_id, c.state,
    (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
    (extract(epoch FROM lower(c.during)) * 1000000)::bigint, (extract(epoch FROM upper(c.during)) * 1000000)::bigint,
    (extract(epoch FROM d.cutoff_at) * 1000000)::bigint, d.min_people, d.max_people,
    (SELECT count(*) FROM vigil.signup u
     WHERE u.claim_id = c.claim_id AND u.state NOT IN ('no_show', 'cancelled', 'swapped')),
    EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = c.org_id),
    vigil.roster_may_claim(c.squad_id)
FROM vigil.claim c JOIN vigil.patrol_day d USING (day_id)
WHERE c.claim_id = $1::bigint
  AND (EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = c.org_id)
      OR EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = c.squad_org_id)
       OR c.squad_id IN (SELECT vigil.roster_squads(false) WHERE vigil.scope_person() IS NOT NULL))
FOR UPDATE OF c;
