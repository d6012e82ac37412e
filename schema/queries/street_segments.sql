-- Nothing at all when the import is no longer the current one: the reader asks again.
SELECT segment_id, way_id, from_node, to_node, length_cm, class, access,
       coalesce(maxspeed_kmh, 0)::integer, name, ST_AsEWKB(geom)
FROM vigil.segment
WHERE valid_to IS NULL
  AND EXISTS (SELECT FROM vigil.import WHERE import_id = $1::bigint AND current)
ORDER BY segment_id;
