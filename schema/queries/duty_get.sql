-- How she stands, locked for the change that follows; as duty_set.
SELECT person_id, org_id, version::bigint, on_duty, mode, hired,
       to_json(vigil.person_hindrances(p))::text
FROM vigil.person p WHERE person_id = $1::bigint AND valid_to IS NULL
FOR NO KEY UPDATE;
