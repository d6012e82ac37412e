-- A sign-up to be changed, with the moment it is changed at.
SELECT u.signup_id, u.org_id, u.shift_id, u.claim_id, u.person_id, u.role, u.state, u.version,
    (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
    (extract(epoch FROM lower(u.during)) * 1000000)::bigint, (extract(epoch FROM upper(u.during)) * 1000000)::bigint,
    (extract(epoch FROM coalesce(s.cutoff_at, d.cutoff_at)) * 1000000)::bigint,
    coalesce(s.radius_m, d.radius_m), d.day_id, u.swap_offered_at IS NOT NULL
FROM vigil.signup u
LEFT JOIN vigil.shift s USING (shift_id)
LEFT JOIN vigil.claim c USING (claim_id)
LEFT JOIN vigil.patrol_day d ON d.day_id = c.day_id
WHERE u.signup_id = $1::bigint
  AND (current_user = 'vigil_engine'
      OR EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = u.org_id)
       OR u.person_id = vigil.scope_person()
       OR u.claim_id IN (SELECT vigil.roster_claims(true) WHERE vigil.scope_person() IS NOT NULL))
FOR UPDATE OF u;
