SELECT person_id, version, display_name, mode, skills, on_duty, vigil.rfc3339(valid_from),
       vigil.rfc3339(valid_to)
FROM vigil.person
WHERE person_id = $1::bigint AND valid_to IS NULL;
