-- Writes a row anew: $1 its id, $2 its geometry as EWKB, then its fields in order.
UPDATE vigil.lookout_point
SET version = version + 1, geom = ST_GeomFromEWKB($2::bytea),
    code = $3::text, name = $4::text, state = $5::text, reach_m = $6::integer,
    min_staff = $7::integer, hours = $8::text, org_id = $9::bigint
WHERE lookout_point_id = $1::bigint AND valid_to IS NULL;
