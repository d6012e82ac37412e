-- Takes the key for this transaction: one row when it is new or older than a day,
-- none when it has an answer. A second request with the key waits here until the
-- first one has committed or given up. $1 token, $2 key, $3 what is asked, $4 body.
WITH forgotten AS MATERIALIZED (SELECT vigil.idempotency_forget($1::bigint, $2::text))
INSERT INTO vigil.idempotency (token_id, key, body_hash, status, content_type, answer)
SELECT $1::bigint, $2::text, sha256(convert_to($3::text, 'UTF8') || '\x00'::bytea || $4::bytea), 0, '', ''
FROM forgotten
ON CONFLICT (token_id, key) DO UPDATE
SET body_hash = excluded.body_hash, status = 0, content_type = '', answer = '', location = NULL, created_at = now()
WHERE idempotency.created_at < now() - interval '24 hours'
RETURNING token_id;
