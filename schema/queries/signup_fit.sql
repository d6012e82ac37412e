-- What stands against a person's standing anywhere, apart from whether she is on duty.
SELECT p.person_id, 'credential_expired' = ANY (vigil.person_hindrances(p))
FROM vigil.person p WHERE p.person_id = $1::bigint AND p.valid_to IS NULL
  AND (current_user = 'vigil_engine' OR p.person_id = vigil.scope_person()
       OR EXISTS (SELECT FROM vigil.person_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.person_id = p.person_id)
       OR p.person_id IN (SELECT vigil.roster_led()));
