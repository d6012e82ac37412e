-- Gives numbers if nobody else does: $1 is the process id of the connection that holds
-- the lock already, as it was told, or 0. How many were given; -1 when another process
-- is the one who gives them. The lock spares work alone: what keeps the numbers
-- right is the row of vigil.event_head.
SELECT CASE WHEN $1::integer = pg_backend_pid() OR pg_try_advisory_lock(8459071426)
            THEN vigil.event_number(500) ELSE -1 END,
       pg_backend_pid(),
       (SELECT number FROM vigil.event_head); -- as it was before
