-- Writes a row anew: $1 its id, $2 its geometry as EWKB, then its fields in order.
UPDATE vigil.org
SET version = version + 1, area = ST_GeomFromEWKB($2::bytea),
    code = $3::text, name = $4::text, kind = $5::text, parent_id = coalesce($6::bigint, parent_id), trade = $7::text,
    address = $8::text, duty_phone = $9::text, credit_code = $10::text
WHERE org_id = $1::bigint AND valid_to IS NULL;
