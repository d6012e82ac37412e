-- The answer that was given without the database: $1 token, $2 key, $3 what was asked
-- (hashed), $4 status, $5 type, $6 location, $7 bytes. No row is changed when the key has
-- an answer already.
INSERT INTO vigil.idempotency (token_id, key, body_hash, status, content_type, location, answer)
VALUES ($1::bigint, $2::text, $3::bytea, $4::integer, $5::text, $6::text, $7::bytea)
ON CONFLICT (token_id, key) DO NOTHING;
