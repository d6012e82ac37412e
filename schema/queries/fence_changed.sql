-- Whether transactions from $1 on have changed a fence; every one below the second has
-- ended, and what it changed is seen by the next query.
SELECT EXISTS (SELECT FROM vigil.fence WHERE changed_txid >= $1::bigint),
       pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
