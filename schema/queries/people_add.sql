INSERT INTO vigil.person (person_id, display_name, mode, skills, on_duty)
VALUES ($1::bigint, $2::text, $3::text, $4::bigint, $5::boolean)
RETURNING version, vigil.rfc3339(valid_from);
