-- Lakes, rivers and the sea. What would be smaller than a few pixels is left
-- out. $1 z, $2 x, $3 y, $4 how many zooms of detail to leave out.
WITH tile AS (
    SELECT ST_TileEnvelope($1::integer, $2::integer, $3::integer) AS box,
           ST_Transform(ST_TileEnvelope($1::integer, $2::integer, $3::integer, margin => 0.015625), 4326) AS reach,
           $1::integer - $4::integer AS detail,
           20037508.342789244 / (1 << $1::integer) / 2048 AS unit_m,
           power(360.0 / (1 << greatest($1::integer - $4::integer, 0)) / 512, 2) AS pixel_deg2
), seen AS (
    SELECT w.osm_id, w.kind, w.name, ST_Dimension(w.geom) AS dimension,
           ST_Simplify(ST_Transform(w.geom, 3857), tile.unit_m, true) AS geom
    FROM osm.water w, tile
    WHERE w.geom && tile.reach
      AND CASE WHEN ST_Dimension(w.geom) = 2 THEN tile.detail >= 15 OR ST_Area(ST_Envelope(w.geom)) > 16 * tile.pixel_deg2
               WHEN w.kind IN ('river', 'canal') THEN tile.detail >= 9
               ELSE tile.detail >= 13 END
)
SELECT ST_AsMVT(feature, 'water', 4096, 'geom', 'osm_id')
FROM (
    SELECT osm_id, kind, nullif(name, '') AS name, ST_AsMVTGeom(seen.geom, tile.box, 4096, 64, true) AS geom
    FROM seen, tile
    ORDER BY dimension DESC, osm_id
) AS feature
WHERE geom IS NOT NULL;
