SELECT way_id, nodes, tags FROM vigil_staging.way ORDER BY way_id
