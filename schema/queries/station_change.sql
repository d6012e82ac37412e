-- Writes a row anew: $1 its id, $2 its geometry as EWKB, then its fields in order.
UPDATE vigil.station
SET version = version + 1, geom = ST_GeomFromEWKB($2::bytea),
    code = $3::text, name = $4::text, address = $5::text, opening_hours = $6::text,
    phone = $7::text, org_id = $8::bigint
WHERE station_id = $1::bigint AND valid_to IS NULL;
