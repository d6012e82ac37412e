-- The first microseconds of the hours that have a partition of positions.
SELECT (extract(epoch FROM to_timestamp(substr(c.relname, 18) || ' +00', 'YYYYMMDD_HH24 TZH')) * 1000000)::bigint
FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = 'vigil.position_history'::regclass AND c.relname ~ '^position_history_\d{8}_\d{2}$'
ORDER BY 1;
