-- Lines between administrative areas. level: OpenStreetMap's admin_level, 2 a
-- country to 10 a quarter. $1 z, $2 x, $3 y, $4 how many zooms of detail to
-- leave out.
WITH tile AS (
    SELECT ST_TileEnvelope($1::integer, $2::integer, $3::integer) AS box,
           ST_Transform(ST_TileEnvelope($1::integer, $2::integer, $3::integer, margin => 0.015625), 4326) AS reach,
           $1::integer - $4::integer AS detail,
           20037508.342789244 / (1 << $1::integer) / 2048 AS unit_m
), seen AS (
    SELECT b.osm_id, b.admin_level AS level, b.name,
           CASE WHEN ST_Dimension(b.geom) = 2 THEN ST_Boundary(b.geom) ELSE b.geom END AS geom
    FROM osm.boundary b, tile
    WHERE b.geom && tile.reach
      AND b.admin_level <= CASE WHEN tile.detail < 6 THEN 2 WHEN tile.detail < 8 THEN 4 WHEN tile.detail < 10 THEN 6
                                WHEN tile.detail < 12 THEN 8 ELSE 10 END
)
SELECT ST_AsMVT(feature, 'boundaries', 4096, 'geom', 'osm_id')
FROM (
    SELECT osm_id, level, nullif(name, '') AS name,
           ST_AsMVTGeom(ST_Simplify(ST_Transform(seen.geom, 3857), tile.unit_m), tile.box, 4096, 64, true) AS geom
    FROM seen, tile
    ORDER BY level DESC, osm_id
) AS feature
WHERE geom IS NOT NULL;
