-- Orders in which somebody has not answered in time: at most $1.
SELECT DISTINCT dispatch_id
FROM vigil.dispatch_person
WHERE state IN ('offered', 'seen') AND expires_at <= clock_timestamp()
LIMIT $1::bigint;
