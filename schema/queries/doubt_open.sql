-- What is doubted now: by person, the frame before the clock.
SELECT person_id, kind = 'frame' FROM vigil.doubt
WHERE cleared_at IS NULL ORDER BY person_id, kind DESC;
