-- Places on streets that people on foot may use, three to a segment.
SELECT ST_X(spot), ST_Y(spot)
FROM (SELECT segment_id, part, ST_LineInterpolatePoint(geom, part) AS spot
      FROM vigil.segment, unnest(ARRAY[0.2, 0.5, 0.8]) AS part
      WHERE valid_to IS NULL AND (access & 3) <> 0 AND length_cm > 2000) AS s
ORDER BY segment_id, part
LIMIT 300000;
