-- What a closure is about: streets by id with their sides; those that are not there now are left out.
INSERT INTO vigil.closure_part (closure_id, org_id, way_id, from_cm, to_cm, sides)
SELECT $1::bigint, $2::bigint, g.way_id, g.start_cm, g.start_cm + g.length_cm, w.sides
FROM unnest($3::bigint[], $4::integer[]) AS w (segment_id, sides)
JOIN vigil.segment g USING (segment_id) WHERE g.valid_to IS NULL;
