-- Lakes are areas and brooks are lines; repairing must not make points of them.
WITH gone AS (DELETE FROM osm.water)
INSERT INTO osm.water (osm_id, kind, name, geom)
SELECT osm_id, kind, coalesce(name, ''), geom
FROM (SELECT osm_id, kind, name,
             ST_CollectionExtract(ST_MakeValid(geom), ST_Dimension(geom) + 1) AS geom
      FROM vigil_staging.water) whole
WHERE NOT ST_IsEmpty(geom)
