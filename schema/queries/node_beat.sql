-- A process says that it is there, and how: $1 node, $2 name, $3 version, $4 started
-- (microseconds since 1970), $5 hash, $6 placed, $7 lag, $8 how often it read everything
-- again, $9 stale since (0: it is not), $10 its own clock, which it hears back itself.
-- Whoever was taken for gone comes back by this. The others are given, and how full the
-- queue of notifications is.
WITH beat AS (
    INSERT INTO vigil.node AS n (node_id, name, version, started_at, index_hash, placed_count,
                                 lag_us, resync_count, stale_since)
    VALUES ($1::bigint, $2::text, $3::text, to_timestamp($4::bigint / 1e6), $5::bigint, $6::integer,
            $7::bigint, $8::bigint, to_timestamp(nullif($9::bigint, 0) / 1e6))
    ON CONFLICT (node_id) DO UPDATE
    SET beat_at = clock_timestamp(), index_hash = excluded.index_hash,
        placed_count = excluded.placed_count, lag_us = excluded.lag_us,
        resync_count = excluded.resync_count, stale_since = excluded.stale_since
    RETURNING pg_notify('vigil_node', $1::bigint || ' ' || $10::bigint)
)
SELECT n.node_id, n.name, n.version, (extract(epoch FROM n.started_at) * 1e6)::bigint,
       (extract(epoch FROM clock_timestamp() - n.beat_at) * 1e6)::bigint,
       n.index_hash, n.placed_count, n.lag_us, n.resync_count,
       coalesce((extract(epoch FROM n.stale_since) * 1e6)::bigint, 0), pg_notification_queue_usage()
FROM vigil.node n, (SELECT count(*) FROM beat) said
WHERE n.beat_at > clock_timestamp() - interval '1 hour'
ORDER BY n.node_id
LIMIT 64;
