-- Writes a row anew: $1 its id, $2 its geometry as EWKB, then its fields in order.
UPDATE vigil.grid
SET version = version + 1, geom = ST_GeomFromEWKB($2::bytea),
    code = $3::text, profile = $4::text, name = $5::text, kind = $6::text, responsible = $7::text,
    org_id = $8::bigint
WHERE grid_id = $1::bigint AND valid_to IS NULL;
