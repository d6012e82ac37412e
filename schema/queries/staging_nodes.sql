-- The nodes of all highways and ferries, by id: coordinates in 1e-7 degree, and
-- whether a barrier stands there.
SELECT n.id, n.lon, n.lat, b.node_id IS NOT NULL AS barrier
FROM vigil_staging.planet_osm_nodes n
LEFT JOIN vigil_staging.barrier b ON b.node_id = n.id
WHERE n.id IN (SELECT unnest(nodes) FROM vigil_staging.way)
ORDER BY n.id
