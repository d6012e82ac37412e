-- The base map is replaced whole: readers see the old one until the commit. What came as a line crosses itself
-- (schema/osm.lua).
WITH gone AS (DELETE FROM osm.green)
INSERT INTO osm.green (osm_id, kind, name, geom)
SELECT osm_id, kind, coalesce(name, ''), geom
FROM (SELECT osm_id, kind, name, ST_Multi(ST_CollectionExtract(ST_MakeValid(
          CASE WHEN ST_Dimension(geom) = 1 THEN ST_BuildArea(ST_Node(geom)) ELSE geom END), 3)) AS geom
      FROM vigil_staging.green) whole
WHERE NOT ST_IsEmpty(geom)
