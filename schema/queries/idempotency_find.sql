-- The answer that a key has, and whether the request is the same one.
SELECT body_hash = sha256(convert_to($3::text, 'UTF8') || '\x00'::bytea || $4::bytea),
       status, content_type, location, answer
FROM vigil.idempotency
WHERE token_id = $1::bigint AND key = $2::text;
