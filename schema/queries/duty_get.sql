-- How she stands, locked for the change that follows; as duty_set.
SELECT person_id, org_id, version::bigint, on_duty, mode, hired,
       to_json(vigil.person_hindrances(p))::text
FROM vigil.person p
WHERE person_id = $1::bigint AND valid_to IS NULL
  AND (p.person_id = vigil.scope_person()
       OR EXISTS (SELECT FROM vigil.person_reach r
                  WHERE r.ancestor_id = vigil.scope_org() AND r.person_id = p.person_id))
FOR NO KEY UPDATE;
