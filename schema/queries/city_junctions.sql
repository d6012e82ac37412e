-- The junctions where people on foot may stand: node, place, and the names of one
-- named street of it ('' where none has a name).
WITH ends AS (
    SELECT from_node AS node, ST_StartPoint(geom) AS at, name, name_zh, name_en
    FROM vigil.segment WHERE valid_to IS NULL AND (access & 3) <> 0
    UNION ALL
    SELECT to_node, ST_EndPoint(geom), name, name_zh, name_en
    FROM vigil.segment WHERE valid_to IS NULL AND (access & 3) <> 0
)
SELECT node, ST_X((array_agg(at))[1]), ST_Y((array_agg(at))[1]),
       coalesce((array_agg(name ORDER BY name) FILTER (WHERE name <> ''))[1], ''),
       coalesce((array_agg(name_zh ORDER BY name) FILTER (WHERE name <> ''))[1], ''),
       coalesce((array_agg(name_en ORDER BY name) FILTER (WHERE name <> ''))[1], '')
FROM ends
GROUP BY node
HAVING count(*) >= 3
ORDER BY node;
