-- What some lookout points see past buildings, by PostGIS: a circle less the shadow of every wall of the buildings that they
-- do not stand in, in the plane of week.sql. Prints metres of street. psql variables: seed, sample.
SET client_min_messages = warning;
WITH eye AS (
    SELECT lookout_point_id, reach_m, ST_Transform(geom, 990001) AS at,
           ST_Buffer(ST_Transform(geom, 990001), reach_m, 'quad_segs=64') AS disc
    FROM vigil.lookout_point WHERE lookout_point_id > 100000
    ORDER BY hashint8extended(lookout_point_id, :seed) LIMIT :sample
), house AS (
    SELECT e.lookout_point_id, e.at, e.reach_m, ST_Transform(b.geom, 990001) AS walls
    FROM eye e JOIN osm.building b ON b.geom && ST_Transform(ST_Expand(disc, 5), 4326)
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
FROM light, vigil.segment g, LATERAL (SELECT ST_Transform(g.geom, 990001) AS line) l
WHERE g.valid_to IS NULL AND g.geom && ST_Transform(ST_Expand(disc, 1), 4326) AND ST_Intersects(line, disc)
GROUP BY lookout_point_id ORDER BY lookout_point_id;
