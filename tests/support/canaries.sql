-- A made-up city in which every organisation's rows can be told from every other's, wherever they come out: in each
-- text stands Kanark<organisation>x, or Persp<person>x for who a person is, phones are 1396<organisation>77, and ids are
-- long numbers of their own. Run once on a migrated database with streets, before vigild has given away ids.

-- 1 the city; counties 2 and 3; townships 21 and 22 of 2, 31 of 3; village 211 of 21; branch 4; firms 5 of 2, 6 of 3.
BEGIN;
ALTER SEQUENCE vigil.id_block RESTART WITH 7900000000000;
DO $$
DECLARE
    identity record;
BEGIN
    FOR identity IN
        SELECT attrelid::regclass AS name, attname, row_number() OVER (ORDER BY attrelid) AS n
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE c.relnamespace = 'vigil'::regnamespace AND a.attidentity <> '' AND c.relname NOT IN ('import', 'segment')
    LOOP
        EXECUTE format('ALTER TABLE %s ALTER COLUMN %I RESTART WITH %s', identity.name, identity.attname,
                       6000000000000 + identity.n * 10000000000);
    END LOOP;
END $$;

CREATE SCHEMA canary;
CREATE TABLE canary.org (n bigint PRIMARY KEY, org_id bigint, parent bigint, kind text, word text, phone text, at geometry);
INSERT INTO canary.org (n, org_id, parent, kind, word, phone)
SELECT n, CASE n WHEN 1 THEN 1 ELSE 7100000000000 + n END, parent, kind, 'Kanark' || lpad(n::text, 5, '0') || 'x',
       '1396' || lpad(n::text, 5, '0') || '77'
FROM (VALUES (1, NULL, 'city'), (2, 1, 'county'), (3, 1, 'county'), (21, 2, 'township'), (22, 2, 'township'),
             (31, 3, 'township'), (211, 21, 'village'), (4, 1, 'sector'), (5, 2, 'firm'), (6, 3, 'firm'))
     AS given (n, parent, kind);
-- Everyone stands on a street, all within one tile or two, where a leak shows soonest.
UPDATE canary.org o SET at = s.at
FROM (SELECT row_number() OVER (ORDER BY geom <-> middle, segment_id) AS place, ST_LineInterpolatePoint(geom, 0.5) AS at
      FROM vigil.segment, (SELECT ST_SetSRID(ST_MakePoint(11.97, 57.70), 4326) AS middle) m
      WHERE valid_to IS NULL AND access & 3 = 3 AND class BETWEEN 2 AND 6) s,
     (SELECT n, row_number() OVER (ORDER BY n) AS place FROM canary.org) p
WHERE s.place = p.place * 5 AND p.n = o.n;

INSERT INTO vigil.org (org_id, parent_id, kind, code, name, address, duty_phone, area)
SELECT o.org_id, p.org_id, o.kind, o.word || 'org', o.word, o.word || ' address', CASE WHEN o.kind = 'firm' THEN o.phone ELSE '' END,
       ST_Multi(ST_Buffer(o.at, 0.002))
FROM canary.org o JOIN canary.org p ON p.n = o.parent
ORDER BY o.n <> 2 AND o.n <> 3, o.n <> 21, o.n;
UPDATE vigil.org SET name = 'Kanark00001x', code = 'Kanark00001xorg' WHERE org_id = 1;

-- Of each organisation so many of everything: the rows are numbered (organisation, one of them).
CREATE TABLE canary.one AS SELECT o.*, j, o.n * 10 + j AS m FROM canary.org o, generate_series(1, 6) j;

INSERT INTO vigil.station (station_id, code, name, address, opening_hours, phone, geom, org_id)
SELECT 7200000000000 + m, word || j, word || ' station', word || ' road', word, phone, at, org_id FROM canary.one;
INSERT INTO vigil.lookout_point (lookout_point_id, code, name, state, hours, geom, org_id)
SELECT 7210000000000 + m, word || j, word || ' lookout', 'active', word, at, org_id FROM canary.one;
INSERT INTO vigil.grid (grid_id, code, profile, name, kind, responsible, geom, org_id)
SELECT 7220000000000 + m, word || j, 'free', word || ' grid', 'square', word,
       ST_Multi(ST_Envelope(ST_Buffer(at, 0.0005 * j))), org_id FROM canary.one;

INSERT INTO vigil.hot_spot (hot_spot_id, org_id, code, name, geom)
SELECT 7225000000000 + m, org_id, word || j, word || ' hot spot', ST_Multi(ST_Envelope(ST_Buffer(at, 0.0003 * j))) FROM canary.one;

-- Of the six, the first has a place in a squad, the second is sent, the third and fourth are for tokens.
INSERT INTO vigil.person (person_id, display_name, mode, on_duty, org_id, location_consent, birth_year, phone_sealed)
SELECT 7300000000000 + m, 'Persp' || lpad(m::text, 5, '0') || 'x', 'foot', true, org_id, true, 1990, NULL FROM canary.one;
INSERT INTO vigil.position_last (person_id, lon_e7, lat_e7, fix_us, received_us)
SELECT 7300000000000 + m, round((ST_X(at) + j * 1e-6) * 1e7), round(ST_Y(at) * 1e7), now_us, now_us
FROM canary.one, (SELECT (extract(epoch FROM now()) * 1000000)::bigint AS now_us) AS moment
ON CONFLICT (person_id) DO UPDATE SET lon_e7 = excluded.lon_e7, lat_e7 = excluded.lat_e7, fix_us = excluded.fix_us, received_us = excluded.received_us;
INSERT INTO vigil.membership (membership_id, person_id, org_id, role)
SELECT 7310000000000 + m, 7300000000000 + m, org_id, 'member' FROM canary.one;
INSERT INTO vigil.credential (credential_id, person_id, org_id, type, issuer)
SELECT 7320000000000 + m, 7300000000000 + m, org_id, 'first_aid', word FROM canary.one;
UPDATE vigil.person p SET mode = 'ebike' FROM canary.one c WHERE p.person_id = 7300000000000 + c.m AND c.j = 5; -- vigil.duty

INSERT INTO vigil.device (device_id, org_id, person_id, name, format, frame, secret_hash)
SELECT 7305000000000 + m, org_id, 7300000000000 + m, word || ' device', 'json', 'wgs84', sha256((word || 'device' || m)::bytea)
FROM canary.one;

INSERT INTO vigil.doubt (doubt_id, person_id, org_id, kind, declared, likely, declared_m, likely_m, fixes)
OVERRIDING SYSTEM VALUE
SELECT 7660000000000 + m, 7300000000000 + m, org_id, 'frame', 'wgs84', 'gcj02', 40, 3, 20 FROM canary.one;

INSERT INTO vigil.site (site_id, org_id, code, name, address, geom)
SELECT 7330000000000 + m, org_id, word || j, word || ' site', word, at FROM canary.one WHERE kind = 'firm';
INSERT INTO vigil.squad (squad_id, org_id, kind, code, name, insurer, policy, equipment)
SELECT 7340000000000 + m, org_id, 'squad', word || j, word || ' squad', word, word, jsonb_build_array(jsonb_build_object('item', word, 'count', 1))
FROM canary.one;
INSERT INTO vigil.squad_member (squad_id, person_id, org_id)
SELECT 7340000000000 + m, 7300000000000 + m, org_id FROM canary.one;
-- A rule between two of one county: nobody else hears of it.
INSERT INTO vigil.mutual_aid (rule_id, lender_id, borrower_id, reach_m)
SELECT 7350000000000 + j, 7100000000021, 7100000000022, 0 FROM generate_series(1, 1) j;

INSERT INTO vigil.incident (incident_id, org_id, type, priority, state, geom, address, note)
SELECT 7400000000000 + m, org_id, 'help', 3, 'open', at, word || ' place', word || ' note' FROM canary.one;
INSERT INTO vigil.incident_event (incident_id, kind, detail)
SELECT 7400000000000 + m, 'note', jsonb_build_object('note', word) FROM canary.one;
INSERT INTO vigil.dispatch (dispatch_id, incident_id, org_id, reason, expires_at)
SELECT 7410000000000 + m, 7400000000000 + m, org_id, word || ' reason', now() + interval '1 day' FROM canary.one WHERE j = 2;
INSERT INTO vigil.dispatch_person (dispatch_id, person_id, incident_id, org_id, expires_at, reason)
SELECT 7410000000000 + m, 7300000000000 + m, 7400000000000 + m, org_id, now() + interval '1 day', word FROM canary.one WHERE j = 2;
INSERT INTO vigil.incident_track (dispatch_id, person_id, incident_id, org_id, from_us, until_us, copied_at)
SELECT 7410000000000 + m, 7300000000000 + m, 7400000000000 + m, org_id, 0, vigil.microseconds(now()), now() FROM canary.one WHERE j = 2;

INSERT INTO vigil.beat (beat_id, org_id, code, name, length_cm)
SELECT 7500000000000 + m, org_id, word || j, word || ' beat', 1000 FROM canary.one;
INSERT INTO vigil.beat_segment (beat_id, position, segment_id, org_id)
SELECT 7500000000000 + m, 1, (SELECT min(segment_id) FROM vigil.segment WHERE valid_to IS NULL), org_id FROM canary.one;
INSERT INTO vigil.patrol_plan (plan_id, org_id, beat_id, name, weekdays, starts_min, length_min, cutoff_min, capacity,
                               min_people, max_people, radius_m)
SELECT 7510000000000 + m, org_id, 7500000000000 + m, word || ' plan', 127, 1200, 60, 60, 2, 1, 8, 100 FROM canary.one;
INSERT INTO vigil.patrol_opening (opening_id, plan_id, org_id, month, opens_at, closes_at, seed)
SELECT 7520000000000 + m, 7510000000000 + m, org_id, date_trunc('month', now())::date, now() - interval '1 day',
       now() + interval '1 day', sha256(word::bytea) FROM canary.one;
INSERT INTO vigil.patrol_day (day_id, opening_id, plan_id, beat_id, org_id, day, during, cutoff_at, min_people, max_people, radius_m)
SELECT 7530000000000 + m, 7520000000000 + m, 7510000000000 + m, 7500000000000 + m, org_id, (now() + interval '5 days')::date,
       tstzrange(now() + interval '5 days', now() + interval '5 days 1 hour'), now() + interval '4 days', 1, 8, 100
FROM canary.one;
INSERT INTO vigil.patrol_place (day_id, place, org_id) SELECT 7530000000000 + m, 1, org_id FROM canary.one;
INSERT INTO vigil.claim (claim_id, day_id, org_id, squad_id, squad_org_id, month, during, state, fair)
SELECT 7540000000000 + m, 7530000000000 + m, org_id, 7340000000000 + m, org_id, date_trunc('month', now())::date,
       tstzrange(now() + interval '5 days', now() + interval '5 days 1 hour'), 'asked', true FROM canary.one;

INSERT INTO vigil.beat_checkpoint (beat_id, position, org_id, name, segment_id, at_cm)
SELECT beat_id, 1, org_id, (SELECT word FROM canary.one WHERE 7500000000000 + m = beat_id), segment_id, 0 FROM vigil.beat_segment;
INSERT INTO vigil.proof (claim_id, org_id, squad_org_id, beat_cm, walked_cm, beside_cm, unknown_s)
SELECT claim_id, org_id, squad_org_id, 1000, 500, 0, 0 FROM vigil.claim;
INSERT INTO vigil.proven (claim_id, org_id, squad_org_id, person_id, segment_id, from_cm, to_cm, in_at, out_at, evidence, planned)
SELECT 7540000000000 + m, org_id, org_id, 7300000000000 + m, (SELECT min(segment_id) FROM vigil.segment WHERE valid_to IS NULL), 0, 1,
       now() - interval '1 hour', now(), 'positions', true FROM canary.one;

INSERT INTO vigil.shift_template (template_id, org_id, name, station_id, weekdays, starts_min, length_min, cutoff_min,
                                  joins, approval, radius_m)
SELECT 7600000000000 + m, org_id, word || ' template', 7200000000000 + m, 127, 480, 60, 60, 'assigned', true, 100 FROM canary.one;
INSERT INTO vigil.shift_template_need (template_id, role, org_id, min_count, max_count)
SELECT 7600000000000 + m, 'member', org_id, 1, 5 FROM canary.one;
INSERT INTO vigil.shift (shift_id, org_id, template_id, day, name, station_id, during, cutoff_at, joins, approval, radius_m)
SELECT 7610000000000 + m, org_id, 7600000000000 + m, (now() + interval '2 days')::date, word || ' shift', 7200000000000 + m,
       tstzrange(now() + interval '2 days', now() + interval '2 days 1 hour'), now() + interval '1 day', 'assigned', true, 100
FROM canary.one;
INSERT INTO vigil.shift_need (shift_id, role, org_id, min_count, max_count)
SELECT 7610000000000 + m, 'member', org_id, 1, 5 FROM canary.one;
INSERT INTO vigil.signup (signup_id, org_id, shift_id, person_id, role, during, state)
SELECT 7620000000000 + m, org_id, 7610000000000 + m, 7300000000000 + m, 'member', 'empty', 'approved' FROM canary.one;
INSERT INTO vigil.proof_track (claim_id, signup_id, person_id, org_id, squad_org_id, verdict, from_at, until_at, fixes, jumps,
                               walked_cm, ridden_cm, unknown_s)
SELECT 7540000000000 + m, 7620000000000 + m, 7300000000000 + m, org_id, org_id, 'proven', now() - interval '1 hour', now(), 9, 0,
       500, 0, 0 FROM canary.one;
INSERT INTO vigil.checkin (checkin_id, signup_id, org_id, person_id, kind, how, note)
SELECT 7630000000000 + m, 7620000000000 + m, org_id, 7300000000000 + m, 'in', 'hand', word FROM canary.one;
INSERT INTO vigil.hours_entry (entry_id, org_id, person_id, kind, activity, minutes, signup_id)
SELECT 7640000000000 + m, org_id, 7300000000000 + m, 'earned', 'shift', 60, 7620000000000 + m FROM canary.one;

INSERT INTO vigil.fence (fence_id, org_id, name, geom, radius_m, margin_m, whom, kinds, grace_s)
SELECT 7650000000000 + m, org_id, word || ' fence', at, 100, 10, 'everyone', '{enter}', 300 FROM canary.one;
INSERT INTO vigil.fence_visit (fence_id, org_id, person_id, enter_us, leave_us, ended_by)
SELECT 7650000000000 + m, org_id, 7300000000000 + m, vigil.now_us() - 2000000, vigil.now_us() - 1000000, 'left' FROM canary.one;
INSERT INTO vigil.fence_absence (fence_id, org_id, signup_id, person_id, ended_at)
SELECT 7650000000000 + m, org_id, 7620000000000 + m, 7300000000000 + m, now() FROM canary.one;

INSERT INTO vigil.closure (closure_id, org_id, reason, modes, direction)
SELECT 7670000000000 + m, org_id, word || ' closure', 4, 'both' FROM canary.one;
INSERT INTO vigil.closure_part (closure_id, org_id, way_id, from_cm, to_cm, sides)
SELECT 7670000000000 + m, org_id, 7670000000000 + m, 0, 100, 3 FROM canary.one;

INSERT INTO vigil.lookout_seen (lookout_point_id, org_id, lon_e7, lat_e7, reach_m, import_id, building_count, seen_cm, blocked_cm)
SELECT 7210000000000 + m, org_id, round(ST_X(at) * 1e7), round(ST_Y(at) * 1e7), 100, import_id, 0, 100, 0
FROM canary.one, vigil.import WHERE current;
INSERT INTO vigil.lookout_view (lookout_point_id, org_id, segment_id, from_cm, to_cm, is_blocked)
SELECT 7210000000000 + m, org_id, 7680000000000 + m, 0, 100, false FROM canary.one;
INSERT INTO vigil.cover_week (kind, starts_at, import_id, known_to)
SELECT 'plan', hour, import_id, hour FROM vigil.import, (SELECT date_trunc('hour', now()) AS hour) h WHERE current;
INSERT INTO vigil.cover_interval (week_id, org_id, segment_id, cm, layer, source_id, during)
SELECT week_id, org_id, 7680000000000 + m, '[0,100)', 'lookout', 7210000000000 + m, tstzrange(starts_at, starts_at + interval '1 hour')
FROM canary.one, vigil.cover_week;
INSERT INTO vigil.cover_tally (week_id, by, area_id, org_id, length_cm, weight, gap_cm_s, gap_weight_s)
SELECT week_id, 'grid', 7220000000000 + m, org_id, 100, 100, array_fill(0, ARRAY[168]), array_fill(0, ARRAY[168])
FROM canary.one, vigil.cover_week;
INSERT INTO vigil.cover_gap (week_id, org_id, grid_id, segment_id, from_cm, to_cm, uncovered_s)
SELECT week_id, org_id, 7220000000000 + m, 7680000000000 + m, 0, 100, 3600 FROM canary.one, vigil.cover_week;
INSERT INTO vigil.reach_hour (at, import_id, limit_s, people, segment_ids, from_cm, to_cm, counts)
SELECT date_trunc('hour', now()), import_id, 180, 1, '{7680000000011}', '{0}', '{100}', '{1}' FROM vigil.import WHERE current;
INSERT INTO vigil.job (job_id, org_id, kind, wish) SELECT 7690000000000 + m, org_id, 'canary', json_build_object('word', word) FROM canary.one;

INSERT INTO vigil.bus_line (bus_line_id, org_id, code, name, path, stops, stop_names, near_m, off_m)
SELECT 7660000000000 + m, org_id, word || j, word || ' line', ST_Multi(ST_MakeLine(at, ST_Translate(at, 0.01, 0))), ST_Multi(at),
       ARRAY[word || ' stop'], 60, 150 FROM canary.one;

INSERT INTO vigil.consent (person_id, org_id, purpose, version, language, given)
SELECT 7300000000000 + m, org_id, 'location', 1, 'zh', true FROM canary.one;
INSERT INTO vigil.enrolment_code (code_id, code, org_id, label, uses_max, expires_at)
SELECT 7700000000000 + m, word || 'code' || lpad(j::text, 4, '0'), org_id, word || ' door', 10, now() + interval '1 day' FROM canary.one;
INSERT INTO vigil.enrolment (enrolment_id, person_id, code_id, org_id, name, mode, language, consents, claim_hash)
SELECT 7710000000000 + m, 7720000000000 + m, 7700000000000 + m, org_id, word || ' newcomer', 'foot', 'zh', 'contact:1',
       sha256((word || m)::bytea) FROM canary.one;
INSERT INTO vigil.erasure (erasure_id, person_id, org_id, values_gone, memberships, credentials, tokens, positions_at)
SELECT 7730000000000 + m, 7300000000000 + m, org_id, 0, 0, 0, 0, now() FROM canary.one WHERE j = 6;

INSERT INTO vigil.token (label, role, org_id, secret_hash, kind, expires_at)
SELECT word || ' token', 'planner', org_id, sha256((word || j)::bytea), 'bearer', now() + interval '1 day' FROM canary.one;
INSERT INTO vigil.audit (org_id, action, subject, purpose, detail)
SELECT org_id, 'canary_kept', word, word || ' purpose', json_build_object('word', word) FROM canary.one;
INSERT INTO vigil.outbox (kind, org_id, incident_id, people, data)
SELECT 'incident', org_id, 7400000000000 + m, '{}', json_build_object('word', word)::text FROM canary.one;
COMMIT;
