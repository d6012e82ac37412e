-- What some lookout points see past buildings, by PostGIS: a circle less the shadow of every wall of the buildings that they
-- do not stand in. Prints metres of street. psql variables: seed, sample.
SET client_min_messages = warning;
WITH plane AS (
    SELECT format('+proj=tmerc +lat_0=%s +lon_0=%s +k=1 +datum=WGS84 +units=m', (ST_YMin(b) + ST_YMax(b)) / 2, (ST_XMin(b) + ST_XMax(b)) / 2) AS proj
    FROM (SELECT ST_Extent(geom) AS b FROM vigil.segment WHERE valid_to IS NULL) e
), eye AS (
    SELECT lookout_point_id, reach_m, geom AS place, ST_Transform(geom, proj) AS at, ST_Buffer(ST_Transform(geom, proj), reach_m, 'quad_segs=64') AS disc
    FROM vigil.lookout_point, plane WHERE lookout_point_id > 100000
    ORDER BY hashint8extended(lookout_point_id, :seed) LIMIT :sample
), house AS (
    SELECT e.lookout_point_id, e.at, e.reach_m, ST_Transform(b.geom, proj) AS walls
    FROM eye e JOIN osm.building b ON ST_DWithin(b.geom::geography, e.place::geography, e.reach_m + 5), plane
), wall AS (
    SELECT lookout_point_id, at, reach_m, (ST_DumpSegments(ST_Segmentize((ST_Dump(ST_Boundary(walls))).geom, 2))).geom AS leg
    FROM house WHERE ST_Distance(walls, at) > 0.1
), shade AS (
    SELECT lookout_point_id, at, ST_StartPoint(leg) AS a, ST_EndPoint(leg) AS b, 4 * reach_m AS far FROM wall
), shadow AS (
    SELECT lookout_point_id, ST_Union(ST_ConvexHull(ST_Collect(ARRAY[a, b,
        ST_Translate(at, (ST_X(a) - ST_X(at)) * far / ST_Distance(a, at), (ST_Y(a) - ST_Y(at)) * far / ST_Distance(a, at)),
        ST_Translate(at, (ST_X(b) - ST_X(at)) * far / ST_Distance(b, at), (ST_Y(b) - ST_Y(at)) * far / ST_Distance(b, at))]))) AS dark
    FROM shade WHERE ST_Distance(a, at) > 0 AND ST_Distance(b, at) > 0 GROUP BY lookout_point_id
), light AS (
    SELECT e.lookout_point_id, disc, CASE WHEN dark IS NULL THEN disc ELSE ST_Difference(disc, dark) END AS seen
    FROM eye e LEFT JOIN shadow USING (lookout_point_id)
)
SELECT lookout_point_id,
       sum(ST_Length(ST_CollectionExtract(ST_Intersection(line, seen), 2)) * g.length_cm / 100 / ST_Length(line)) AS seen_m,
       sum(ST_Length(ST_CollectionExtract(ST_Intersection(line, disc), 2)) * g.length_cm / 100 / ST_Length(line)) AS disc_m
FROM light, plane, vigil.segment g, LATERAL (SELECT ST_Transform(g.geom, proj) AS line) l
WHERE g.valid_to IS NULL AND ST_DWithin(g.geom::geography, (SELECT place FROM eye e WHERE e.lookout_point_id = light.lookout_point_id)::geography, 300)
  AND ST_Intersects(line, disc)
GROUP BY lookout_point_id ORDER BY lookout_point_id;
