-- Streets, places, stations and lookout points whose names contain $1, best first:
-- the whole name or code, its beginning, the beginning of a word, inside a word, the
-- words apart. Among equals the nearest to $2 (longitude) and $3 (latitude), or
-- without them the weightiest and shortest. At most $4. What stands several times
-- under one name within a kilometre is given once. One letter fits nearly every name,
-- so what is sorted by is no more than flat degrees; the distance is of those given.
WITH wanted AS MATERIALIZED (
    SELECT vigil.fold($1::text) AS typed, vigil.containing($1) AS pattern,
           $2::float8 AS lon, $3::float8 AS lat, cos(radians($3)) AS shrink
), found AS (
    SELECT n.kind, n.name, n.name_folded AS folded, NULL::text AS code, n.segment_id AS id, n.geom, n.weight
    FROM osm.name n, wanted w WHERE n.name_folded LIKE w.pattern
    UNION ALL
    SELECT 'station', s.name, vigil.fold(s.name || ' ' || s.code), s.code, s.station_id, s.geom, 1
    FROM vigil.station s, wanted w
    WHERE s.valid_to IS NULL
      AND EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = s.org_id)
      AND vigil.fold(s.name || ' ' || s.code) LIKE w.pattern
    UNION ALL
    SELECT 'lookout_point', l.name, vigil.fold(l.name || ' ' || l.code), l.code, l.lookout_point_id, l.geom, 1
    FROM vigil.lookout_point l, wanted w
    WHERE l.valid_to IS NULL
      AND EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = l.org_id)
      AND vigil.fold(l.name || ' ' || l.code) LIKE w.pattern
), best AS (
    SELECT f.kind, f.name, f.folded, f.code, f.id, f.geom, f.weight,
           CASE WHEN f.folded = w.typed OR right(f.folded, char_length(f.code)) = w.typed THEN 0
                WHEN starts_with(f.folded, w.typed) THEN 1
                WHEN strpos(f.folded, ' ' || w.typed) > 0 THEN 2
                WHEN strpos(f.folded, w.typed) > 0 THEN 3
                ELSE 4 END AS rank,
           ((ST_X(f.geom) - w.lon) * w.shrink) ^ 2 + (ST_Y(f.geom) - w.lat) ^ 2 AS far
    FROM found f, wanted w
    ORDER BY rank, far, f.weight DESC, char_length(f.name), f.name, f.id
    LIMIT $4::bigint * 4
), single AS (
    SELECT DISTINCT ON (kind, folded, floor(ST_X(geom) * 100), floor(ST_Y(geom) * 100)) *
    FROM best
    ORDER BY kind, folded, floor(ST_X(geom) * 100), floor(ST_Y(geom) * 100), far, weight DESC, id
)
SELECT kind, name, code, id, ST_X(geom), ST_Y(geom),
       ST_DistanceSphere(geom, ST_SetSRID(ST_MakePoint($2, $3), 4326)) AS distance_m
FROM single
ORDER BY rank, far, weight DESC, char_length(name), name, id
LIMIT $4;
