-- Uses an enter code up; changes a row for the first who brings it and for nobody after.
UPDATE vigil.token SET used_at = now()
WHERE token_id = $1::bigint AND kind = 'enter' AND used_at IS NULL AND revoked_at IS NULL AND expires_at > now();
