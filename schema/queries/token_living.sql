-- Those of the tokens that live, and until when.
SELECT token_id, (extract(epoch FROM expires_at) * 1000000)::bigint
FROM vigil.token
WHERE token_id = ANY ($1::bigint[]) AND revoked_at IS NULL AND expires_at > now()
ORDER BY token_id;
