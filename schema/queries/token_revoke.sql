UPDATE vigil.token SET revoked_at = now()
WHERE token_id = $1::bigint AND revoked_at IS NULL AND expires_at > now();
