-- Where the extract cuts a boundary it is lines, else an area.
WITH gone AS (DELETE FROM osm.boundary)
INSERT INTO osm.boundary (osm_id, kind, admin_level, name, geom)
SELECT osm_id, kind, admin_level, coalesce(name, ''), geom
FROM (SELECT osm_id, kind, admin_level, name,
             ST_CollectionExtract(ST_MakeValid(geom), ST_Dimension(geom) + 1) AS geom
      FROM vigil_staging.boundary) whole
WHERE NOT ST_IsEmpty(geom)
