-- The changes of a person's duty before $2 (0: the newest), at most $3; nothing when
-- she is not seen.
SELECT duty_id, vigil.rfc3339(at), on_duty, mode, by_token_id, by_person_id
FROM vigil.duty
WHERE person_id = $1::bigint AND ($2::bigint = 0 OR duty_id < $2)
ORDER BY duty_id DESC
LIMIT $3::bigint;
