-- Writes a row anew: $1 its id, $2 its geometry as EWKB, then its fields in order.
UPDATE vigil.hot_spot
SET version = version + 1, geom = ST_GeomFromEWKB($2::bytea), code = $3::text, name = $4::text, org_id = $5::bigint
WHERE hot_spot_id = $1::bigint AND valid_to IS NULL;
