INSERT INTO vigil.audit (org_id, token_id, person_id, action, subject, purpose, request_id, detail)
VALUES ($1::bigint, nullif($2::bigint, 0), nullif($3::bigint, 0), $4::text, $5::text, $6::text,
        $7::text, $8::text::json);
