-- Those that a street ends at.
SELECT node_id, tags
FROM vigil.barrier
WHERE import_id = $1::bigint
  AND node_id IN (SELECT unnest(ARRAY[from_node, to_node]) FROM vigil.segment WHERE valid_to IS NULL)
ORDER BY node_id;
