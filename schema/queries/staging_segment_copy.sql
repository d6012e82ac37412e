COPY vigil_staging.segment (way_id, from_node, to_node, ordinal, start_cm, length_cm, class, access,
                            maxspeed_kmh, name, name_zh, name_en, ref, geom)
FROM STDIN (FORMAT binary)
