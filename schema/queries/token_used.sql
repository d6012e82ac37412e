UPDATE vigil.token SET used_at = now() WHERE token_id = $1::bigint;
