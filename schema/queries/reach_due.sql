-- The full hour that was at least $1 and at most $2 seconds ago, in seconds since 1970, if it is not kept yet.
SELECT extract(epoch FROM hour)::bigint
FROM (SELECT date_trunc('hour', now() - $1::integer * interval '1 second') AS hour) h
WHERE hour >= now() - $2::integer * interval '1 second'
  AND NOT EXISTS (SELECT FROM vigil.reach_hour k WHERE k.at = hour);
