-- Writes a row anew: $1 its id, then its fields in order.
UPDATE vigil.squad
SET version = version + 1,
    code = $2::text, name = $3::text, kind = $4::text, mode = $5::text, line = $6::text,
    plate = $7::text, station_id = $8::bigint, equipment = $9::text::jsonb, insurer = $10::text,
    policy = $11::text, insured_until = $12::text::date, org_id = $13::bigint
WHERE squad_id = $1::bigint AND valid_to IS NULL;
