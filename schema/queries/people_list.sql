-- Open people after an id: $1 after, $2 how many, $3 what the name contains or
-- null, $4 mode or null, $5 on duty or null, $6 the ids to choose from or null.
SELECT person_id, version, display_name, mode, skills, on_duty, vigil.rfc3339(valid_from),
       vigil.rfc3339(valid_to)
FROM vigil.person
WHERE valid_to IS NULL AND person_id > $1::bigint
  AND ($3::text IS NULL OR vigil.fold(display_name) LIKE vigil.containing($3))
  AND ($4::text IS NULL OR mode = $4)
  AND ($5::boolean IS NULL OR on_duty = $5)
  AND ($6::bigint[] IS NULL OR person_id = ANY ($6))
ORDER BY person_id
LIMIT $2::bigint;
