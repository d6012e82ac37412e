-- What is doubted now, by person.
SELECT person_id, kind = 'frame' FROM vigil.doubt WHERE cleared_at IS NULL ORDER BY person_id;
