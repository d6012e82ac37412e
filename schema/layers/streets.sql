-- Streets by class. From z14 on every segment is a feature of its own, with its
-- id; further out the pieces of one street are joined, because nobody can tell
-- them apart there. oneway: 1 cars go only as it is drawn, -1 only against it.
-- $1 z, $2 x, $3 y, $4 how many zooms of detail to leave out.
WITH tile AS (
    SELECT ST_TileEnvelope($1::integer, $2::integer, $3::integer) AS box,
           ST_Transform(ST_TileEnvelope($1::integer, $2::integer, $3::integer, margin => 0.015625), 4326) AS reach,
           $1::integer - $4::integer AS detail,
           20037508.342789244 / (1 << $1::integer) / 2048 AS unit_m
), seen AS (
    SELECT s.segment_id, s.class, s.name, nullif(s.name_zh, s.name) AS name_zh, nullif(s.name_en, s.name) AS name_en,
           s.access, ST_Transform(s.geom, 3857) AS geom
    FROM vigil.segment s, tile
    WHERE s.valid_to IS NULL AND s.geom && tile.reach
      AND s.class <= CASE WHEN tile.detail < 7 THEN 0 WHEN tile.detail = 7 THEN 1 WHEN tile.detail = 8 THEN 2
                          WHEN tile.detail = 9 THEN 3 WHEN tile.detail = 10 THEN 4 WHEN tile.detail <= 12 THEN 5
                          WHEN tile.detail = 13 THEN 9 ELSE 99 END
), drawn AS (
    SELECT segment_id AS id, class, name, name_zh, name_en, ((access >> 4) & 1) - ((access >> 5) & 1) AS oneway, geom
    FROM seen, tile WHERE tile.detail >= 14
    UNION ALL
    SELECT NULL, class, name, name_zh, name_en, NULL, ST_Simplify(ST_LineMerge(ST_Collect(geom)), 2 * min(unit_m))
    FROM seen, tile WHERE tile.detail < 14
    GROUP BY class, name, name_zh, name_en
)
SELECT ST_AsMVT(feature, 'streets', 4096, 'geom', 'id')
FROM (
    SELECT id,
           (ARRAY['motorway', 'trunk', 'primary', 'secondary', 'tertiary', 'residential', 'service', 'track',
                  'pedestrian', 'cycleway', 'path', 'steps', 'ferry'])[class + 1] AS class,
           nullif(name, '') AS name, nullif(name_zh, '') AS name_zh, nullif(name_en, '') AS name_en,
           nullif(oneway, 0) AS oneway,
           ST_AsMVTGeom(drawn.geom, tile.box, 4096, 64, true) AS geom
    FROM drawn, tile
    ORDER BY drawn.class DESC, drawn.id
) AS feature
WHERE geom IS NOT NULL;
