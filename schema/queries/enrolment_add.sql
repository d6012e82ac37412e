SELECT vigil.enrolment_add($1::text, jsonb_populate_record(NULL::vigil.enrolment, jsonb_build_object(
    'enrolment_id', $2::bigint, 'person_id', $3::bigint, 'name', $4::text, 'mode', $5::text,
    'birth_year', nullif($6::integer, 0), 'phone_sealed', $7::bytea, 'phone_hash', $8::bytea,
    'identity_sealed', $9::bytea, 'identity_hash', $10::bytea, 'emergency_sealed', $11::bytea,
    'language', $12::text, 'consents', $13::text, 'claim_hash', $14::bytea)));
