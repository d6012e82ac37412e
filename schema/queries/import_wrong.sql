-- Shapes of the base map that are not valid as they came, before they are repaired: of how many something is left, and
-- of how many nothing.
SELECT count(*) FILTER (WHERE NOT is_empty), count(*) FILTER (WHERE is_empty)
FROM (SELECT coalesce(ST_IsEmpty(ST_CollectionExtract(made, ST_Dimension(made) + 1)), true) AS is_empty
      FROM (SELECT ST_MakeValid(geom) AS made
            FROM (SELECT geom FROM vigil_staging.water
                  UNION ALL SELECT geom FROM vigil_staging.green
                  UNION ALL SELECT geom FROM vigil_staging.building
                  UNION ALL SELECT geom FROM vigil_staging.boundary) every
            WHERE ST_IsValidReason(geom) <> 'Valid Geometry'
            UNION ALL
            SELECT ST_BuildArea(ST_Node(geom))
            FROM (SELECT geom FROM vigil_staging.green UNION ALL SELECT geom FROM vigil_staging.building) area
            WHERE ST_Dimension(geom) = 1 AND ST_IsValid(geom)) wrong) told
