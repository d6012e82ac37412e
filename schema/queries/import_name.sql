-- What can be searched for by name. A street has one row a neighbourhood: its
-- segments that lie within some 400 m of one another, named at the one nearest to
-- their middle. The longer a street and the larger a place, the more it weighs.
-- What is mapped several times under one name, as a point and an area or as a stop
-- on either side of a street, has one row: the weightiest of places within some
-- 2 km, and of other things, which may be branches of one shop, within some 400 m.
WITH gone AS (DELETE FROM osm.name),
part AS (
    SELECT segment_id, name, concat_ws(' ', name, nullif(name_zh, name), nullif(name_en, name),
                                       nullif(ref, name)) AS words,
           length_cm, geom,
           ST_ClusterDBSCAN(geom, 0.004, 1) OVER (PARTITION BY name) AS patch
    FROM vigil.segment WHERE valid_to IS NULL AND name <> ''
), street AS (
    SELECT name, patch, max(words) AS words, sum(length_cm) / 100.0 AS length_m,
           ST_Centroid(ST_Collect(geom)) AS middle
    FROM part GROUP BY name, patch
), label AS (
    SELECT DISTINCT ON (s.name, s.patch) s.name, s.words, s.length_m, p.segment_id,
           ST_ClosestPoint(p.geom, s.middle) AS geom
    FROM street s JOIN part p ON p.name = s.name AND p.patch = s.patch
    ORDER BY s.name, s.patch, ST_Distance(p.geom, s.middle), p.segment_id
), spot AS (
    SELECT 'place' AS kind, name, concat_ws(' ', name, tags ->> 'name:zh', tags ->> 'name:en',
                                            tags ->> 'alt_name') AS words, geom,
           CASE kind WHEN 'city' THEN 5 WHEN 'town' THEN 4 WHEN 'district' THEN 4 WHEN 'county' THEN 4
                     WHEN 'borough' THEN 3.5 WHEN 'suburb' THEN 3 WHEN 'village' THEN 3
                     WHEN 'quarter' THEN 2.5 WHEN 'neighbourhood' THEN 2 ELSE 1.5 END AS weight
    FROM osm.place
    UNION ALL
    SELECT 'poi', name, concat_ws(' ', name, zh, en, alt), geom, 0.5
    FROM (SELECT coalesce(tags ->> 'name', tags ->> 'name:zh', tags ->> 'name:en') AS name,
                 tags ->> 'name:zh' AS zh, tags ->> 'name:en' AS en, tags ->> 'alt_name' AS alt, geom
          FROM vigil_staging.interest) interest
), folded AS (
    SELECT *, vigil.fold(name) AS called FROM spot
), mapped AS (
    SELECT *, ST_ClusterDBSCAN(geom, CASE kind WHEN 'place' THEN 0.02 ELSE 0.004 END, 1)
                  OVER (PARTITION BY kind, called) AS patch
    FROM folded
), single AS (
    SELECT DISTINCT ON (kind, called, patch) kind, name, words, geom, weight
    FROM mapped
    ORDER BY kind, called, patch, weight DESC, char_length(words) DESC, ST_X(geom), ST_Y(geom)
)
INSERT INTO osm.name (name, name_folded, kind, geom, segment_id, weight)
SELECT name, vigil.fold(words), 'street', geom, segment_id, least(1, ln(1 + length_m) / 10)
FROM label
UNION ALL
SELECT name, vigil.fold(words), kind, geom, NULL, weight
FROM single
