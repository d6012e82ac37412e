INSERT INTO vigil.barrier (node_id, kind, tags, geom, import_id)
SELECT node_id, kind, coalesce(tags, '{}'), geom, $1::bigint
FROM vigil_staging.barrier
