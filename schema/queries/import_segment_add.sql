INSERT INTO vigil.segment (way_id, from_node, to_node, ordinal, start_cm, length_cm, class, access,
                           maxspeed_kmh, name, name_zh, name_en, ref, geom, import_id)
SELECT n.way_id, n.from_node, n.to_node, n.ordinal, n.start_cm, n.length_cm, n.class, n.access,
       n.maxspeed_kmh, n.name, n.name_zh, n.name_en, n.ref, n.geom, $1::bigint
FROM vigil_staging.segment n
WHERE NOT EXISTS (SELECT FROM vigil.segment s
                  WHERE s.valid_to IS NULL AND s.way_id = n.way_id AND s.from_node = n.from_node
                    AND s.to_node = n.to_node AND s.ordinal = n.ordinal)
ORDER BY n.way_id, n.start_cm
