-- Writes a row anew, if it still has the version $6.
UPDATE vigil.person
SET version = version + 1, display_name = $2::text, mode = $3::text, skills = $4::bigint,
    on_duty = $5::boolean
WHERE person_id = $1::bigint AND version = $6::integer AND valid_to IS NULL
RETURNING version;
