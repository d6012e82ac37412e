-- Every transaction below this has ended: what it changed is seen by the next query.
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
