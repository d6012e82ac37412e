-- A week in a city that has been imported, always the same for a seed: lookout points with their shifts and who came to
-- them, squads with their beats, the days they claimed, and what of them is proven. psql variables: seed, lookouts,
-- squads, week (its first second).
BEGIN;
CREATE SCHEMA bench;
CREATE FUNCTION bench.roll(seed bigint, what text, n bigint, below bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT (hashtextextended(what || n, seed) & 9223372036854775807) % below
$$;
INSERT INTO spatial_ref_sys (srid, proj4text)
SELECT 990001, format('+proj=tmerc +lat_0=%s +lon_0=%s +k=1 +datum=WGS84 +units=m', (ST_YMin(b) + ST_YMax(b)) / 2, (ST_XMin(b) + ST_XMax(b)) / 2)
FROM (SELECT ST_Extent(geom) AS b FROM vigil.segment WHERE valid_to IS NULL) e
ON CONFLICT DO NOTHING;
CREATE TABLE bench.building AS TABLE osm.building; -- put back when hours have been compared
-- Where the extract has hardly any, a house of 12 m stands beside every street.
INSERT INTO bench.building (osm_id, kind, name, geom)
SELECT segment_id, 'yes', '', ST_Multi(ST_Transform(ST_Expand(ST_Translate(ST_Transform(ST_LineInterpolatePoint(geom, 0.5), 990001), 14, 16), 6), 4326))
FROM vigil.cover_street WHERE (SELECT count(*) FROM osm.building) < (SELECT count(*) FROM vigil.segment) / 10;
TRUNCATE osm.building;

INSERT INTO vigil.lookout_point (lookout_point_id, code, name, state, reach_m, min_staff, geom)
SELECT 100000 + n, 'W' || n, 'Lookout ' || n, 'active', 80 + bench.roll(:seed, 'reach', n, 12) * 10, bench.roll(:seed, 'staff', n, 3),
       ST_LineInterpolatePoint(geom, 0.3)
FROM (SELECT row_number() OVER (ORDER BY hashint8extended(segment_id, :seed), segment_id) AS n, geom
      FROM vigil.cover_street WHERE class BETWEEN 2 AND 8) s
WHERE n <= :lookouts;

-- Three shifts a day that do not touch, of different lengths; one in nine is called off.
CREATE TABLE bench.shift AS
SELECT 200000 + l * 30 + d * 3 + k AS shift_id, 100000 + l AS lookout, l * 30 + d * 3 + k AS n,
       tstzrange(:'week'::timestamptz + make_interval(days => d, hours => 8 * k, mins => 10 * bench.roll(:seed, 'begin', l * 30 + d * 3 + k, 12)::integer),
                 :'week'::timestamptz + make_interval(days => d, hours => 8 * k + 2, mins => 10 * bench.roll(:seed, 'end', l * 30 + d * 3 + k, 36)::integer)) AS during
FROM generate_series(1, :lookouts) l, generate_series(0, 6) d, generate_series(0, 2) k;
INSERT INTO vigil.shift (shift_id, org_id, day, name, lookout_point_id, during, cutoff_at, joins, approval, radius_m, state)
SELECT shift_id, 1, lower(during)::date, 'Shift', lookout, during, lower(during), 'members', false, 100,
       CASE WHEN bench.roll(:seed, 'called off', n, 9) = 0 THEN 'cancelled' ELSE 'ended' END
FROM bench.shift;
INSERT INTO vigil.shift_need (shift_id, role, org_id, min_count, max_count) SELECT shift_id, 'member', 1, 1, 5 FROM bench.shift;

-- Up to three come, late, and leave early or late.
INSERT INTO vigil.person (person_id, display_name, org_id, on_duty)
SELECT 400000 + n, 'Week ' || n, 1, false FROM generate_series(1, 3 * (:lookouts + 1)) n;
CREATE TABLE bench.came AS
SELECT 500000 + s.n * 3 + k AS signup_id, s.shift_id, 400000 + (s.lookout - 100000) * 3 + k AS person_id,
       lower(s.during) + make_interval(secs => bench.roll(:seed, 'late', s.n * 3 + k, 1800)) AS in_at,
       upper(s.during) + make_interval(secs => bench.roll(:seed, 'leaves', s.n * 3 + k, 2400) - 1800) AS out_at
FROM bench.shift s JOIN vigil.shift v USING (shift_id), generate_series(1, 3) k
WHERE v.state = 'ended' AND k <= bench.roll(:seed, 'come', s.n, 4);
INSERT INTO vigil.signup (signup_id, shift_id, person_id, role, state) SELECT signup_id, shift_id, person_id, 'member', 'credited' FROM bench.came;
INSERT INTO vigil.checkin (checkin_id, signup_id, org_id, person_id, kind, how, at)
SELECT signup_id * 2, signup_id, 1, person_id, 'in', 'hand', in_at FROM bench.came WHERE in_at < out_at
UNION ALL SELECT signup_id * 2 + 1, signup_id, 1, person_id, 'out', 'hand', out_at FROM bench.came WHERE in_at < out_at;

-- A beat is what lies nearest to some place, from west to east; a squad walks it on most days, also on the day before.
INSERT INTO vigil.squad (squad_id, org_id, kind, code, name)
SELECT 300000 + n, 1, 'squad', 'W' || n, 'Squad ' || n FROM generate_series(1, :squads) n;
INSERT INTO vigil.beat (beat_id, org_id, code, name, length_cm)
SELECT 310000 + n, 1, 'W' || n, 'Beat ' || n, 1 FROM generate_series(1, :squads) n;
INSERT INTO vigil.beat_segment (beat_id, position, segment_id, org_id)
SELECT 310000 + n, row_number() OVER (PARTITION BY n ORDER BY ST_XMin(near.geom), near.segment_id), near.segment_id, 1
FROM (SELECT row_number() OVER (ORDER BY hashint8extended(segment_id, :seed + 1), segment_id) AS n, geom
      FROM vigil.cover_street WHERE class BETWEEN 2 AND 6) s,
     LATERAL (SELECT segment_id, geom FROM vigil.cover_street ORDER BY geom <-> s.geom LIMIT 60) near
WHERE n <= :squads;
UPDATE vigil.beat b SET length_cm = (SELECT sum(g.length_cm) FROM vigil.beat_segment s JOIN vigil.segment g USING (segment_id)
                                     WHERE s.beat_id = b.beat_id);
INSERT INTO vigil.patrol_plan (plan_id, org_id, beat_id, name, weekdays, starts_min, length_min, cutoff_min, capacity, min_people, max_people, radius_m)
SELECT beat_id + 10000, 1, beat_id, name, 127, 0, 180, 0, 1, 1, 20, 200 FROM vigil.beat WHERE beat_id > 310000;
INSERT INTO vigil.patrol_opening (opening_id, plan_id, org_id, month, opens_at, closes_at, drawn_at, seed)
SELECT plan_id + 10000, plan_id, 1, date_trunc('month', :'week'::timestamptz)::date, :'week'::timestamptz - interval '40 days',
       :'week'::timestamptz - interval '39 days', :'week'::timestamptz - interval '39 days', sha256('week')
FROM vigil.patrol_plan WHERE plan_id > 320000;
CREATE TABLE bench.walk AS
SELECT 340000 + q * 10 + d AS day_id, q, d, 320000 + q AS plan_id, 310000 + q AS beat_id, 300000 + q AS squad_id,
       tstzrange(moment, moment + make_interval(hours => 1 + bench.roll(:seed, 'length', q * 10 + d, 3)::integer)) AS during
FROM generate_series(1, :squads) q, generate_series(0, 7) d,
     LATERAL (SELECT :'week'::timestamptz + make_interval(days => d - 1, mins => 30 * bench.roll(:seed, 'sets out', q * 10 + d, 40)::integer) AS moment) m
WHERE bench.roll(:seed, 'claims', q * 10 + d, 5) > 0;
INSERT INTO vigil.patrol_day (day_id, opening_id, plan_id, beat_id, org_id, day, during, cutoff_at, min_people, max_people, radius_m, state)
SELECT day_id, plan_id + 10000, plan_id, beat_id, 1, (lower(during) AT TIME ZONE 'UTC')::date, during, lower(during), 1, 20, 200, 'ended' FROM bench.walk;
INSERT INTO vigil.patrol_place (day_id, place, org_id) SELECT day_id, 1, 1 FROM bench.walk;
INSERT INTO vigil.claim (claim_id, day_id, org_id, squad_id, squad_org_id, month, during, state, fair, rank, place)
SELECT day_id + 10000, day_id, 1, squad_id, 1, date_trunc('month', :'week'::timestamptz)::date, during, 'verified', true, 1, 1 FROM bench.walk;

-- Proven is most of it, at another time than planned, and some of it twice.
INSERT INTO vigil.proven (claim_id, org_id, squad_org_id, segment_id, from_cm, to_cm, in_at, out_at, evidence, planned)
SELECT day_id + 10000, 1, 1, g.segment_id, least(g.length_cm - 1, bench.roll(:seed, 'from', day_id * 100 + s.position, 2000))::integer, g.length_cm,
       at, at + make_interval(secs => g.length_cm / 100.0), 'positions', true
FROM bench.walk w JOIN vigil.beat_segment s USING (beat_id) JOIN vigil.segment g USING (segment_id),
     LATERAL (SELECT lower(w.during) + make_interval(secs => bench.roll(:seed, 'comes by', day_id * 100 + s.position, 7200)) AS at) m
WHERE bench.roll(:seed, 'proven', day_id * 100 + s.position, 10) > 1;
INSERT INTO vigil.proven SELECT claim_id, org_id, squad_org_id, person_id, segment_id, from_cm, to_cm, in_at + interval '20 minutes',
       out_at + interval '20 minutes', evidence, planned FROM vigil.proven WHERE segment_id % 7 = 0;
-- Off the beat, which covers nothing: the streets whose number is the next.
INSERT INTO vigil.proven SELECT claim_id, org_id, squad_org_id, person_id, g.segment_id, 0, g.length_cm, in_at, out_at, evidence, false
FROM vigil.proven p JOIN vigil.segment g ON g.segment_id = p.segment_id + 1 AND g.valid_to IS NULL WHERE p.segment_id % 3 = 0;
COMMIT;
ANALYZE;
