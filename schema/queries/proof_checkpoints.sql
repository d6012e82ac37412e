-- Where a beat's squad has to come by, on the current import.
SELECT k.position, k.name, n.segment_id, n.at_cm
FROM vigil.beat_checkpoint k
JOIN vigil.segment g USING (segment_id)
CROSS JOIN LATERAL (
    SELECT g.segment_id, least(k.at_cm, g.length_cm) AS at_cm WHERE g.valid_to IS NULL
    UNION ALL
    (SELECT s.segment_id, (g.start_cm + k.at_cm - s.start_cm)::integer FROM vigil.segment s
     WHERE g.valid_to IS NOT NULL AND s.way_id = g.way_id AND s.valid_to IS NULL
       AND g.start_cm + k.at_cm BETWEEN s.start_cm AND s.start_cm + s.length_cm
     ORDER BY s.start_cm LIMIT 1)) n
WHERE k.beat_id = $1::bigint ORDER BY k.position;
