-- The record $2 of a spool comes in with this transaction; no row is changed when it came
-- before. Whoever tries again waits here for a first try that is still being committed.
INSERT INTO vigil.spool AS s (spool_id, number)
VALUES (encode($1::bytea, 'hex')::uuid, $2::bigint)
ON CONFLICT (spool_id) DO UPDATE SET number = excluded.number, at = clock_timestamp()
WHERE s.number < excluded.number;
