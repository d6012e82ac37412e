-- What a closure is about: all of a way.
INSERT INTO vigil.closure_part (closure_id, org_id, way_id, from_cm, to_cm, sides)
SELECT $1::bigint, $2::bigint, g.way_id, g.start_cm, g.start_cm + g.length_cm, $4::integer
FROM vigil.segment g WHERE g.way_id = $3::bigint AND g.valid_to IS NULL;
