-- Whether this process is the one that keeps weeks up to date: $1 is the process id of the connection that holds the
-- lock already, or 0. The lock spares work alone: who stores a week takes its own (week_lock).
SELECT $1::integer = pg_backend_pid() OR pg_try_advisory_lock(8459071427), pg_backend_pid();
