INSERT INTO vigil.token (label, role, org_id, secret_hash, kind, expires_at, person_id)
VALUES ($1::text, $2::text, coalesce(nullif($3::bigint, 0), 1), $4::bytea, $5::text,
        now() + $6::bigint * interval '1 second', nullif($7::bigint, 0))
RETURNING token_id;
