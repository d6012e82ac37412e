-- Who can be sent about by the simulator and the load, at most $1.
SELECT person_id, mode FROM vigil.person
WHERE valid_to IS NULL AND on_duty AND location_consent
ORDER BY person_id
LIMIT $1::bigint;
