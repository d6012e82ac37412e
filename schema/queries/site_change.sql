-- Writes a row anew: $1 its id, $2 its geometry as EWKB, then its fields in order.
UPDATE vigil.site
SET version = version + 1, geom = ST_GeomFromEWKB($2::bytea),
    code = $3::text, name = $4::text, kind = $5::text, address = $6::text,
    camera_count = $7::integer, org_id = $8::bigint
WHERE site_id = $1::bigint AND valid_to IS NULL;
