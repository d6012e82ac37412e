-- The hours from $1 to before $2 (seconds since 1970) of which it is kept who could have come, and when that was.
SELECT extract(epoch FROM at)::bigint, vigil.microseconds(made_at)
FROM vigil.reach_hour
WHERE at >= to_timestamp($1::bigint) AND at < to_timestamp($2::bigint)
ORDER BY at;
