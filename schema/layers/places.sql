-- Names of towns and quarters. rank 1 is drawn first and furthest out.
-- $1 z, $2 x, $3 y, $4 how many zooms of detail to leave out.
WITH tile AS (
    SELECT ST_TileEnvelope($1::integer, $2::integer, $3::integer) AS box,
           ST_Transform(ST_TileEnvelope($1::integer, $2::integer, $3::integer, margin => 0.015625), 4326) AS reach,
           $1::integer - $4::integer AS detail
), ranked AS (
    SELECT p.osm_id, p.kind, p.name, p.tags, p.geom,
           CASE p.kind WHEN 'city' THEN 1 WHEN 'town' THEN 2 WHEN 'borough' THEN 3 WHEN 'suburb' THEN 3
                       WHEN 'village' THEN 4 WHEN 'quarter' THEN 4 WHEN 'neighbourhood' THEN 5
                       WHEN 'hamlet' THEN 6 ELSE 7 END AS rank
    FROM osm.place p, tile
    WHERE p.geom && tile.reach AND p.name <> ''
)
SELECT ST_AsMVT(feature, 'places', 4096, 'geom', 'osm_id')
FROM (
    SELECT osm_id, kind, name, nullif(tags ->> 'name:zh', name) AS name_zh,
           nullif(tags ->> 'name:en', name) AS name_en, rank,
           ST_AsMVTGeom(ST_Transform(ST_PointOnSurface(ranked.geom), 3857), tile.box, 4096, 64, true) AS geom
    FROM ranked, tile
    WHERE rank <= CASE WHEN tile.detail < 7 THEN 1 WHEN tile.detail < 9 THEN 2 WHEN tile.detail < 11 THEN 3
                       WHEN tile.detail < 12 THEN 4 WHEN tile.detail < 13 THEN 5 ELSE 7 END
    ORDER BY rank, osm_id
    LIMIT 2000
) AS feature
WHERE geom IS NOT NULL;
