-- Writes a person anew, if her row still has the version $18; phone and identity number
-- keep their hashes where $19 and $20 do not say that they changed.
UPDATE vigil.person
SET version = version + 1, org_id = $2::bigint, display_name = $3::text, name_initials = $4::text,
    mode = $5::text, line = $6::text, hired = $7::boolean, skills = $8::bigint, recruit = $9::text,
    birth_year = $10::smallint, on_duty = $11::boolean, phone_sealed = $12::bytea,
    phone_hash = CASE WHEN $19::boolean THEN $13::bytea ELSE phone_hash END,
    identity_sealed = $14::bytea,
    identity_hash = CASE WHEN $20::boolean THEN $15::bytea ELSE identity_hash END,
    emergency_sealed = $16::bytea, address_sealed = $17::bytea
WHERE person_id = $1::bigint AND version = $18::integer AND valid_to IS NULL;
