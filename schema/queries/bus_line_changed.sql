-- Whether transactions from $1 on have changed a bus line; as fence_changed.
SELECT EXISTS (SELECT FROM vigil.bus_line WHERE changed_txid >= $1::bigint),
       pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
