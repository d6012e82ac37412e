-- The database's clock in microseconds, the hour of the week in the city's time zone $1 from Monday 0:00, and
-- when the next one begins.
SELECT (extract(epoch FROM t.at) * 1000000)::bigint,
       ((extract(isodow FROM t.there) - 1) * 24 + extract(hour FROM t.there))::integer,
       (extract(epoch FROM date_trunc('hour', t.there) + interval '1 hour' - t.there) * 1000000)::bigint
           + (extract(epoch FROM t.at) * 1000000)::bigint
FROM (SELECT s.at, s.at AT TIME ZONE $1::text AS there FROM (SELECT clock_timestamp() AS at) s) t;
