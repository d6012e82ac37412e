-- Writes a person's own data anew, if the row still has the version $2.
UPDATE vigil.person
SET version = version + 1, display_name = $3::text, name_initials = $4::text, mode = $5::text,
    birth_year = nullif($6::integer, 0), phone_sealed = $7::bytea, phone_hash = $8::bytea,
    identity_sealed = $9::bytea, identity_hash = $10::bytea, emergency_sealed = $11::bytea,
    address_sealed = $12::bytea
WHERE person_id = $1::bigint AND person_id = vigil.scope_person() AND version = $2::integer AND valid_to IS NULL
RETURNING version;
