-- A patrol of today for a city of tests/support/city (CITY_SQL): two squads of Gothenburg have one beat. The first
-- walks Erik Dahlbergsgatan and leaves Chalmersgatan out; the second sends the same track three hours later.
INSERT INTO vigil.squad (squad_id, org_id, kind, code, name)
SELECT 900001 + i, 1, 'squad', 'walk-' || i, (ARRAY['Vasastan', '林荫'])[1 + i] FROM generate_series(0, 1) i;
INSERT INTO vigil.person (person_id, display_name, org_id, on_duty, location_consent)
SELECT 890001 + i, (ARRAY['Anna Lind', '李伟'])[1 + i], 1, false, true FROM generate_series(0, 1) i;
INSERT INTO vigil.squad_member (squad_id, person_id, org_id, role) VALUES (900001, 890001, 1, 'leader'), (900002, 890002, 1, 'leader');
INSERT INTO vigil.beat (beat_id, org_id, code, name, length_cm)
SELECT 900001, 1, 'walk', 'Vasastan', sum(length_cm) FROM vigil.segment
WHERE valid_to IS NULL AND name IN ('Erik Dahlbergsgatan', 'Chalmersgatan') AND class = 5;
INSERT INTO vigil.beat_segment (beat_id, position, segment_id, org_id)
SELECT 900001, row_number() OVER (ORDER BY name DESC, ST_Y(ST_StartPoint(geom))), segment_id, 1 FROM vigil.segment
WHERE valid_to IS NULL AND name IN ('Erik Dahlbergsgatan', 'Chalmersgatan') AND class = 5;
INSERT INTO vigil.patrol_plan (plan_id, org_id, beat_id, name, weekdays, starts_min, length_min, cutoff_min, capacity,
                               min_people, max_people, radius_m)
VALUES (900001, 1, 900001, 'Vasastan', 127, 0, 240, 60, 2, 1, 8, 100);
INSERT INTO vigil.patrol_opening (opening_id, plan_id, org_id, month, opens_at, closes_at, seed)
VALUES (900001, 900001, 1, date_trunc('month', now())::date, now() - interval '2 days', now() - interval '1 day', sha256('walks'));
INSERT INTO vigil.patrol_day (day_id, opening_id, plan_id, beat_id, org_id, day, during, cutoff_at, min_people, max_people, radius_m)
SELECT 900001, 900001, 900001, 900001, 1, begin::date, tstzrange(begin, begin + interval '4 hours'), begin, 1, 8, 100
FROM (SELECT date_trunc('second', now()) - interval '5 hours' AS begin) base;
INSERT INTO vigil.patrol_place (day_id, place, org_id) VALUES (900001, 1, 1), (900001, 2, 1);
INSERT INTO vigil.claim (claim_id, day_id, place, org_id, squad_id, squad_org_id, month, during, state, fair, started_at, ended_at)
SELECT 900001 + i, day_id, 1 + i, 1, 900001 + i, 1, date_trunc('month', day)::date, during, 'finished', true,
       lower(during) + i * interval '3 hours', lower(during) + i * interval '3 hours' + interval '20 minutes'
FROM vigil.patrol_day, generate_series(0, 1) i WHERE day_id = 900001;
INSERT INTO vigil.signup (signup_id, org_id, claim_id, person_id, role, during, state)
SELECT claim_id, 1, claim_id, claim_id - 10000, 'member', 'empty', 'checked_in' FROM vigil.claim WHERE day_id = 900001;
INSERT INTO vigil.checkin (checkin_id, signup_id, org_id, person_id, kind, how, at)
SELECT claim_id, claim_id, 1, claim_id - 10000, 'in', 'hand', started_at FROM vigil.claim WHERE day_id = 900001;
-- A fix in ten seconds at 1.2 m/s, some metres off; both phones say the same.
WITH way AS (
    SELECT ST_LineMerge(ST_Union(geom)) AS line, sum(length_cm) / 1200 AS fixes FROM vigil.segment
    WHERE valid_to IS NULL AND name = 'Erik Dahlbergsgatan' AND class = 5
), fix AS (
    SELECT i, ST_LineInterpolatePoint(line, i::float8 / fixes) AS at FROM way, generate_series(0, fixes::integer) i
)
INSERT INTO vigil.position_history (person_id, lon_e7, lat_e7, accuracy_dm, fix_us, received_us)
SELECT claim_id - 10000, round(ST_X(at) * 1e7) + (i * i * 37) % 600 - 300, round(ST_Y(at) * 1e7) + (i * i * 53) % 400 - 200, 80, us, us
FROM vigil.claim, fix, LATERAL (SELECT vigil.microseconds(started_at + make_interval(secs => 10 * i)) AS us) t
WHERE day_id = 900001;
