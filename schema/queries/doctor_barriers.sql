-- What may stand in the way, by the node where it stands.
SELECT node_id, kind, tags FROM vigil.barrier ORDER BY node_id;
