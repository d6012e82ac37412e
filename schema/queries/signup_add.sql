-- One person into one place of a shift ($2) or of a claim ($3).
INSERT INTO vigil.signup (signup_id, shift_id, claim_id, person_id, role, state)
VALUES ($1::bigint, $2::bigint, $3::bigint, $4::bigint, $5::text, $6::text);
