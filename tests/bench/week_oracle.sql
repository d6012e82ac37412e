-- The same week by other means: PostGIS cuts circles of 64 sides a quarter with the streets in the plane of week.sql, and
-- times are unions of ranges. Prints for each hour: kind, hour, metre·hours covered. psql variables: week, and control:
-- so many seconds a visit counts less than it does.
SET client_min_messages = warning;
SET jit = off;
DROP TABLE IF EXISTS bench.street, bench.cut, bench.there, bench.piece, bench.covered;
CREATE TABLE bench.street AS
SELECT segment_id, length_cm, window_s, ST_Transform(geom, 990001) AS line FROM vigil.cover_street;
CREATE INDEX ON bench.street USING gist (line);
CREATE INDEX ON bench.street (segment_id);
ANALYZE bench.street;

-- What each lookout point sees, in centimetres of the street.
CREATE TABLE bench.cut AS
WITH eye AS (
    SELECT lookout_point_id, ST_Buffer(ST_Transform(geom, 990001), reach_m, 'quad_segs=64') AS disc
    FROM vigil.lookout_point WHERE lookout_point_id > 100000
), part AS (
    SELECT lookout_point_id, segment_id, length_cm, line, (ST_Dump(ST_CollectionExtract(ST_Intersection(line, disc), 2))).geom AS piece
    FROM eye JOIN bench.street ON ST_Intersects(line, disc)
), ends AS (
    SELECT lookout_point_id, segment_id, length_cm,
           ST_LineLocatePoint(line, ST_LineInterpolatePoint(piece, 0.5)) * length_cm AS middle_cm,
           ST_Length(piece) / ST_Length(line) * length_cm AS long_cm
    FROM part WHERE ST_Length(piece) > 0
)
SELECT lookout_point_id, segment_id, greatest(middle_cm - long_cm / 2, 0) AS from_cm, least(middle_cm + long_cm / 2, length_cm) AS to_cm FROM ends;

-- When each is staffed: by the plan, and by who was there.
CREATE TABLE bench.there AS
SELECT 'plan' AS kind, lookout_point_id, range_agg(during) AS times
FROM vigil.shift WHERE lookout_point_id > 100000 AND state <> 'cancelled' GROUP BY lookout_point_id
UNION ALL
SELECT 'actual', lookout_point_id, range_agg(tstzrange(at, next)) FROM (
    SELECT lookout_point_id, min_staff, at, lead(at) OVER w AS next, sum(step) OVER (w ROWS UNBOUNDED PRECEDING) AS there
    FROM (SELECT s.lookout_point_id, l.min_staff, k.at, CASE k.kind WHEN 'in' THEN 1 ELSE -1 END AS step
          FROM vigil.checkin k JOIN vigil.signup u USING (signup_id) JOIN vigil.shift s USING (shift_id)
          JOIN vigil.lookout_point l USING (lookout_point_id)) steps
    WINDOW w AS (PARTITION BY lookout_point_id ORDER BY at, step)) span
WHERE there >= greatest(min_staff, 1) AND at < next GROUP BY lookout_point_id;

CREATE TABLE bench.piece AS
SELECT t.kind, c.segment_id, c.from_cm, c.to_cm, t.times FROM bench.cut c JOIN bench.there t USING (lookout_point_id);

-- Every ten metres of a planned walk, from its beginning on, count from when their middle is come by.
INSERT INTO bench.piece
SELECT 'plan', segment_id, CASE WHEN back THEN length_cm - till ELSE since END, CASE WHEN back THEN length_cm - since ELSE till END,
       tstzmultirange(tstzrange(at, at + make_interval(secs => window_s - :control)))
FROM (
    SELECT w.during, s.segment_id, s.length_cm, s.window_s, walk.before_cm, walk.all_cm, walk.back,
           bin * 1000.0 AS since, least(bin * 1000.0 + 1000, s.length_cm) AS till
    FROM bench.walk w
    JOIN (SELECT b.beat_id, b.segment_id, sum(g.length_cm) OVER (PARTITION BY beat_id ORDER BY position) - g.length_cm AS before_cm,
                 sum(g.length_cm) OVER (PARTITION BY beat_id) AS all_cm,
                 CASE WHEN lead(g.segment_id) OVER p IS NULL
                      THEN g.to_node IN (lag(g.from_node) OVER p, lag(g.to_node) OVER p) AND NOT g.from_node IN (lag(g.from_node) OVER p, lag(g.to_node) OVER p)
                      ELSE NOT g.to_node IN (lead(g.from_node) OVER p, lead(g.to_node) OVER p)
                           AND g.from_node IN (lead(g.from_node) OVER p, lead(g.to_node) OVER p) END AS back
          FROM vigil.beat_segment b JOIN vigil.segment g USING (segment_id)
          WINDOW p AS (PARTITION BY beat_id ORDER BY position)) walk USING (beat_id)
    JOIN bench.street s USING (segment_id), generate_series(0, (s.length_cm - 1) / 1000) bin) bins,
    LATERAL (SELECT lower(during) + (upper(during) - lower(during)) * ((before_cm + (since + till) / 2) / all_cm)::float8 AS at) m;
INSERT INTO bench.piece
SELECT 'actual', p.segment_id, p.from_cm, p.to_cm, tstzmultirange(tstzrange(p.in_at, p.out_at + make_interval(secs => s.window_s - :control)))
FROM vigil.proven p JOIN bench.street s USING (segment_id)
WHERE p.planned;
ANALYZE bench.piece;

-- Streets are cut wherever a piece begins or ends; what covers a cut is the union of its times.
CREATE TABLE bench.covered AS
WITH cut AS (
    SELECT kind, segment_id, cm AS from_cm, lead(cm) OVER (PARTITION BY kind, segment_id ORDER BY cm) AS to_cm
    FROM (SELECT kind, segment_id, from_cm AS cm FROM bench.piece UNION SELECT kind, segment_id, to_cm FROM bench.piece) ends
)
SELECT c.kind, c.to_cm - c.from_cm AS long_cm, range_agg(t) AS times
FROM cut c JOIN bench.piece p ON p.kind = c.kind AND p.segment_id = c.segment_id AND p.from_cm <= c.from_cm AND p.to_cm >= c.to_cm,
     unnest(p.times) t
WHERE c.to_cm > c.from_cm GROUP BY c.kind, c.segment_id, c.from_cm, c.to_cm;

SELECT kind, extract(epoch FROM hour - :'week'::timestamptz)::integer / 3600 AS n,
       sum(long_cm * extract(epoch FROM least(upper(t), hour + interval '1 hour') - greatest(lower(t), hour))::float8) / 360000
FROM bench.covered, unnest(times * tstzmultirange(tstzrange(:'week', :'week'::timestamptz + interval '7 days'))) t,
     generate_series(date_trunc('hour', lower(t)), upper(t) - interval '1 microsecond', interval '1 hour') hour
GROUP BY kind, hour ORDER BY kind, hour;
