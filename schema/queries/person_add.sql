INSERT INTO vigil.person (person_id, org_id, display_name, name_initials, mode, line, hired, skills,
                          recruit, birth_year, on_duty, phone_sealed, phone_hash, identity_sealed,
                          identity_hash, emergency_sealed, address_sealed)
VALUES ($1::bigint, $2::bigint, $3::text, $4::text, $5::text, $6::text, $7::boolean, $8::bigint,
        $9::text, $10::smallint, $11::boolean, $12::bytea, $13::bytea, $14::bytea,
        $15::bytea, $16::bytea, $17::bytea);
