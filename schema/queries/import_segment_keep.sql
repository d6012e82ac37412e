-- Streets that are still there keep their id and take over what changed.
UPDATE vigil.segment s
SET start_cm = n.start_cm, length_cm = n.length_cm, class = n.class, access = n.access,
    maxspeed_kmh = n.maxspeed_kmh, name = n.name, name_zh = n.name_zh, name_en = n.name_en,
    ref = n.ref, geom = n.geom, import_id = $1::bigint
FROM vigil_staging.segment n
WHERE s.valid_to IS NULL AND s.way_id = n.way_id AND s.from_node = n.from_node
  AND s.to_node = n.to_node AND s.ordinal = n.ordinal
