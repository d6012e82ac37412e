-- Where what was created under a key is.
SELECT location FROM vigil.idempotency WHERE token_id = $1::bigint AND key = $2::text;
