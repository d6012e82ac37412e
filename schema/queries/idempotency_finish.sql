-- Keeps the answer with the effect: $1 token, $2 key, $3 status, $4 type, $5 location, $6 bytes.
UPDATE vigil.idempotency
SET status = $3::integer, content_type = $4::text, location = $5::text, answer = $6::bytea
WHERE token_id = $1::bigint AND key = $2::text;
