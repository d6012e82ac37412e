-- The stays that transactions from $1 on have changed, in the order they were begun: who,
-- where, since when, until when (-1: she is there), whether it was told that she stays.
SELECT person_id, fence_id, enter_us, coalesce(leave_us, -1), dwell_us IS NOT NULL
FROM vigil.fence_visit WHERE changed_txid >= $1::bigint
ORDER BY visit_id;
