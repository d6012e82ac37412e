-- Who can be sent about by the simulator, at most $1.
SELECT person_id, mode FROM vigil.person
WHERE valid_to IS NULL AND on_duty
ORDER BY person_id
LIMIT $1::bigint;
