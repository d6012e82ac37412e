INSERT INTO vigil.credential (credential_id, person_id, org_id, type, issuer, issued, expires, state, mandatory)
VALUES ($1::bigint, $2::bigint, $3::bigint, $4::text, $5::text, $6::text::date, $7::text::date,
        $8::text, $9::boolean);
