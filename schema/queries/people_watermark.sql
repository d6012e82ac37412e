-- Every transaction below the first has ended: what it changed is seen by the next
-- query. And the database's time, in microseconds since 1970.
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
       (extract(epoch FROM now()) * 1e6)::bigint;
