-- Fences: places with an edge, of which it is told who comes, who goes, who stays long,
-- and who should be there by the roster and is not; and the lines of buses. A process sees crossings in memory;
-- what happened is decided here, by rows that several processes cannot write twice.

CREATE TABLE vigil.fence (
    fence_id         bigint PRIMARY KEY CHECK (fence_id BETWEEN 1 AND 9007199254740991),
    org_id           bigint NOT NULL REFERENCES vigil.org,
    name             text NOT NULL CHECK (octet_length(name) BETWEEN 1 AND 200),
    -- What it is around; of none of them: a free area or circle.
    lookout_point_id bigint REFERENCES vigil.lookout_point,
    grid_id          bigint REFERENCES vigil.grid,
    incident_id      bigint REFERENCES vigil.incident,
    -- Its shape: that of what it is around, and follows it.
    geom             geometry(Geometry, 4326) NOT NULL CHECK (ST_IsValid(geom)),
    radius_m         integer CHECK (radius_m BETWEEN 10 AND 5000), -- around a point
    margin_m         integer NOT NULL CHECK (margin_m BETWEEN 0 AND 500), -- whoever is no further away has not left
    whom             text NOT NULL CHECK (whom IN ('everyone', 'squad', 'rostered', 'dispatched')),
    squad_id         bigint REFERENCES vigil.squad,
    kinds            text[] NOT NULL CHECK (kinds <@ ARRAY['enter', 'leave', 'dwell', 'absent'] AND cardinality(kinds) > 0),
    dwell_s          integer CHECK (dwell_s BETWEEN 10 AND 86400),
    grace_s          integer NOT NULL CHECK (grace_s BETWEEN 0 AND 3600), -- that long nobody is absent
    version          integer NOT NULL DEFAULT 1,
    valid_from       timestamptz NOT NULL DEFAULT now(),
    valid_to         timestamptz,
    changed_txid     bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    CHECK (num_nonnulls(lookout_point_id, grid_id, incident_id) <= 1),
    CHECK (GeometryType(geom) IN ('POINT', 'MULTIPOLYGON')),
    CHECK ((GeometryType(geom) = 'POINT') = (radius_m IS NOT NULL)),
    CHECK ((whom = 'squad') = (squad_id IS NOT NULL)),
    CHECK (whom <> 'rostered' OR lookout_point_id IS NOT NULL),
    CHECK (whom <> 'dispatched' OR incident_id IS NOT NULL),
    CHECK (('dwell' = ANY (kinds)) = (dwell_s IS NOT NULL)),
    CHECK ('absent' <> ALL (kinds) OR lookout_point_id IS NOT NULL)
);
CREATE INDEX fence_org ON vigil.fence (org_id, fence_id);
CREATE INDEX fence_changed ON vigil.fence (changed_txid);
CREATE INDEX fence_lookout ON vigil.fence (lookout_point_id) WHERE valid_to IS NULL;
CREATE INDEX fence_grid ON vigil.fence (grid_id) WHERE valid_to IS NULL;
CREATE INDEX fence_incident ON vigil.fence (incident_id) WHERE valid_to IS NULL;
CREATE INDEX fence_squad ON vigil.fence (squad_id) WHERE valid_to IS NULL;

-- One stay of one person. Times are those of her device, in microseconds since 1970. Of
-- two processes that saw the same crossing, or one from different fixes, the later one
-- finds the stay already there: a person has one stay in a fence at a time.
CREATE TABLE vigil.fence_visit (
    visit_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    fence_id     bigint NOT NULL REFERENCES vigil.fence,
    org_id       bigint NOT NULL,  -- the fence's
    person_id    bigint NOT NULL REFERENCES vigil.person ON DELETE CASCADE,
    enter_us     bigint NOT NULL,
    leave_us     bigint CHECK (leave_us >= enter_us), -- null: she is inside
    dwell_us     bigint,           -- when she had been inside for as long as the fence asks
    ended_by     text CHECK (ended_by IN ('left', 'untracked', 'closed')),
    changed_txid bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    CHECK ((leave_us IS NULL) = (ended_by IS NULL)),
    CONSTRAINT fence_visit_one EXCLUDE USING gist
        (fence_id WITH =, person_id WITH =, int8range(enter_us, leave_us) WITH &&)
);
CREATE INDEX fence_visit_open ON vigil.fence_visit (person_id) WHERE leave_us IS NULL;
CREATE INDEX fence_visit_inside ON vigil.fence_visit (fence_id) WHERE leave_us IS NULL;
CREATE INDEX fence_visit_changed ON vigil.fence_visit (changed_txid);
CREATE INDEX fence_visit_fence ON vigil.fence_visit (fence_id, visit_id);
CREATE INDEX fence_visit_ended ON vigil.fence_visit (leave_us) WHERE leave_us IS NOT NULL;
CREATE INDEX fence_visit_person ON vigil.fence_visit (person_id);

-- Who should be at a lookout point by the roster and is not: from when on it was told, and
-- until when it was so.
CREATE TABLE vigil.fence_absence (
    absence_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    fence_id   bigint NOT NULL REFERENCES vigil.fence,
    org_id     bigint NOT NULL,
    signup_id  bigint NOT NULL REFERENCES vigil.signup,
    person_id  bigint NOT NULL REFERENCES vigil.person ON DELETE CASCADE,
    told_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_at   timestamptz
);
CREATE UNIQUE INDEX fence_absence_once ON vigil.fence_absence (fence_id, signup_id) WHERE ended_at IS NULL;
CREATE INDEX fence_absence_ended ON vigil.fence_absence (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX fence_absence_person ON vigil.fence_absence (person_id);

-- Processes read what transactions have changed since they looked last.
CREATE TRIGGER fence_touched BEFORE UPDATE ON vigil.fence
    FOR EACH ROW EXECUTE FUNCTION vigil.person_touched();
CREATE TRIGGER fence_visit_touched BEFORE UPDATE ON vigil.fence_visit
    FOR EACH ROW EXECUTE FUNCTION vigil.person_touched();

-- How many there are in the city, whoever asks.
CREATE FUNCTION vigil.fence_count() RETURNS bigint LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
    SELECT count(*) FROM vigil.fence WHERE valid_to IS NULL
$$;

-- ------------------------------------------------------------------ what ends with what

CREATE FUNCTION vigil.now_us() RETURNS bigint LANGUAGE sql VOLATILE AS $$
    SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
$$;

-- A fence that is closed has nobody in it.
CREATE FUNCTION vigil.fence_closed() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
BEGIN
    UPDATE vigil.fence_visit SET leave_us = greatest(enter_us, vigil.now_us()), ended_by = 'closed'
    WHERE fence_id = NEW.fence_id AND leave_us IS NULL;
    UPDATE vigil.fence_absence SET ended_at = clock_timestamp()
    WHERE fence_id = NEW.fence_id AND ended_at IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER fence_closed AFTER UPDATE ON vigil.fence
    FOR EACH ROW WHEN (OLD.valid_to IS NULL AND NEW.valid_to IS NOT NULL)
    EXECUTE FUNCTION vigil.fence_closed();

-- Whoever is not tracked any more is in no fence: with her last position goes, in the same
-- transaction, where she is. She was there until her last fix at the least.
CREATE FUNCTION vigil.fence_untracked() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
BEGIN
    UPDATE vigil.fence_visit SET leave_us = greatest(enter_us, OLD.fix_us), ended_by = 'untracked'
    WHERE person_id = OLD.person_id AND leave_us IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER fence_untracked AFTER DELETE ON vigil.position_last
    FOR EACH ROW EXECUTE FUNCTION vigil.fence_untracked();

-- What is erased of a person is also where she was.
CREATE FUNCTION vigil.fence_erased() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
BEGIN
    DELETE FROM vigil.fence_visit WHERE person_id = NEW.person_id;
    DELETE FROM vigil.fence_absence WHERE person_id = NEW.person_id;
    RETURN NULL;
END $$;
CREATE TRIGGER fence_erased AFTER INSERT ON vigil.erasure
    FOR EACH ROW EXECUTE FUNCTION vigil.fence_erased();

-- The shape of what it is around, as it is moved; and with it a fence ends.
CREATE FUNCTION vigil.fence_follows() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, vigil, pg_temp AS $$
BEGIN
    CASE TG_TABLE_NAME
        WHEN 'lookout_point' THEN
            UPDATE vigil.fence SET geom = NEW.geom, valid_to = NEW.valid_to, version = version + 1
            WHERE lookout_point_id = NEW.lookout_point_id AND valid_to IS NULL;
        WHEN 'grid' THEN
            UPDATE vigil.fence SET geom = NEW.geom, valid_to = NEW.valid_to, version = version + 1
            WHERE grid_id = NEW.grid_id AND valid_to IS NULL;
        WHEN 'squad' THEN
            UPDATE vigil.fence SET valid_to = NEW.valid_to, version = version + 1
            WHERE squad_id = NEW.squad_id AND valid_to IS NULL;
        WHEN 'incident' THEN
            UPDATE vigil.fence SET geom = NEW.geom, version = version + 1,
                valid_to = CASE WHEN NEW.state IN ('closed', 'cancelled', 'merged') THEN now() END
            WHERE incident_id = NEW.incident_id AND valid_to IS NULL;
    END CASE;
    RETURN NULL;
END $$;
CREATE TRIGGER fence_follows AFTER UPDATE ON vigil.lookout_point
    FOR EACH ROW WHEN (NOT OLD.geom ~= NEW.geom OR OLD.valid_to IS DISTINCT FROM NEW.valid_to)
    EXECUTE FUNCTION vigil.fence_follows();
CREATE TRIGGER fence_follows AFTER UPDATE ON vigil.grid
    FOR EACH ROW WHEN (NOT ST_OrderingEquals(OLD.geom, NEW.geom) OR OLD.valid_to IS DISTINCT FROM NEW.valid_to)
    EXECUTE FUNCTION vigil.fence_follows();
CREATE TRIGGER fence_follows AFTER UPDATE ON vigil.squad
    FOR EACH ROW WHEN (OLD.valid_to IS NULL AND NEW.valid_to IS NOT NULL)
    EXECUTE FUNCTION vigil.fence_follows();
CREATE TRIGGER fence_follows AFTER UPDATE ON vigil.incident
    FOR EACH ROW WHEN (NOT OLD.geom ~= NEW.geom OR (OLD.state <> NEW.state
                       AND NEW.state IN ('closed', 'cancelled', 'merged')))
    EXECUTE FUNCTION vigil.fence_follows();

-- ------------------------------------------------------------------ crossings

-- Who is in her place by the roster now: at which lookout point, by which sign-up.
CREATE VIEW vigil.fence_roster WITH (security_invoker = true) AS
SELECT f.fence_id, f.org_id, u.signup_id, u.person_id, lower(s.during) AS starts_at, f.grace_s
FROM vigil.shift s
JOIN vigil.fence f ON f.lookout_point_id = s.lookout_point_id AND f.valid_to IS NULL
JOIN vigil.signup u ON u.shift_id = s.shift_id AND u.state IN ('approved', 'confirmed', 'checked_in')
WHERE s.state = 'open' AND lower(s.during) <= now() AND upper(s.during) > now();

-- Whether a fence is about somebody: she belongs to its organisation or one below, to its
-- squad, is on duty there by the roster, or is at its incident.
CREATE FUNCTION vigil.fence_minds(f vigil.fence, person bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT CASE f.whom
        WHEN 'everyone' THEN EXISTS (SELECT FROM vigil.person_reach r
            WHERE r.ancestor_id = f.org_id AND r.person_id = person)
        WHEN 'squad' THEN EXISTS (SELECT FROM vigil.squad_member m
            WHERE m.squad_id = f.squad_id AND m.person_id = person AND m.valid_to IS NULL)
        WHEN 'rostered' THEN EXISTS (SELECT FROM vigil.fence_roster r
            WHERE r.fence_id = f.fence_id AND r.person_id = person)
        ELSE EXISTS (SELECT FROM vigil.dispatch_person d
            WHERE d.person_id = person AND d.incident_id = f.incident_id AND d.active) END
$$;

CREATE FUNCTION vigil.fence_event(f vigil.fence, what text, person bigint, visit bigint, at_us bigint) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT json_strip_nulls(json_build_object('fence_id', f.fence_id, 'fence', f.name, 'what', what, 'person_id', person,
        'at', vigil.rfc3339(to_timestamp(at_us / 1e6)), 'visit_id', visit, 'lookout_point_id', f.lookout_point_id,
        'grid_id', f.grid_id, 'incident_id', f.incident_id))::text
$$;

-- Writes what a process saw, each fence and person at most once in a call: who came (and
-- maybe went on), who went, who stayed long; null is "did not". It is told in the same
-- transaction, once, by whoever wrote it. The row of her last position is held, so that
-- nobody goes off duty in between. How many it were.
CREATE FUNCTION vigil.fence_cross(fences bigint[], people bigint[], enters bigint[], leaves bigint[], dwells bigint[])
RETURNS integer LANGUAGE plpgsql SET search_path = pg_catalog, public, vigil AS $$
DECLARE
    told integer;
BEGIN
    PERFORM FROM vigil.position_last WHERE person_id = ANY (people) ORDER BY person_id FOR KEY SHARE;
    WITH item AS (
        SELECT * FROM unnest(fences, people, enters, leaves, dwells)
            AS i (fence_id, person_id, enter_us, leave_us, dwell_us)
    ), came AS (
        INSERT INTO vigil.fence_visit (fence_id, org_id, person_id, enter_us, leave_us, dwell_us, ended_by)
        SELECT f.fence_id, f.org_id, i.person_id, i.enter_us, i.leave_us, i.dwell_us,
               CASE WHEN i.leave_us IS NOT NULL THEN 'left' END
        FROM item i JOIN vigil.fence f USING (fence_id) JOIN vigil.position_last l USING (person_id)
        WHERE i.enter_us IS NOT NULL AND f.valid_to IS NULL AND vigil.fence_minds(f, i.person_id)
        ON CONFLICT DO NOTHING
        RETURNING *
    ), was AS (
        SELECT v.visit_id, v.dwell_us, i.leave_us, i.dwell_us AS stayed_us
        FROM item i JOIN vigil.fence_visit v USING (fence_id, person_id)
        WHERE i.enter_us IS NULL AND v.leave_us IS NULL
        ORDER BY v.visit_id FOR UPDATE OF v
    ), changed AS (
        UPDATE vigil.fence_visit v
        SET leave_us = CASE WHEN was.leave_us IS NOT NULL THEN greatest(v.enter_us, was.leave_us) END, dwell_us = coalesce(was.dwell_us, was.stayed_us),
            ended_by = CASE WHEN was.leave_us IS NOT NULL THEN 'left' END
        FROM was WHERE v.visit_id = was.visit_id
        RETURNING v.visit_id, v.fence_id, v.person_id, was.leave_us, was.dwell_us IS NULL AND v.dwell_us IS NOT NULL AS stayed, v.dwell_us
    ), happened AS (
        SELECT fence_id, person_id, visit_id, 'enter' AS what, enter_us AS at_us FROM came
        UNION ALL SELECT fence_id, person_id, visit_id, 'dwell', dwell_us FROM came WHERE dwell_us IS NOT NULL
        UNION ALL SELECT fence_id, person_id, visit_id, 'leave', leave_us FROM came WHERE leave_us IS NOT NULL
        UNION ALL SELECT fence_id, person_id, visit_id, 'dwell', dwell_us FROM changed WHERE stayed
        UNION ALL SELECT fence_id, person_id, visit_id, 'leave', leave_us FROM changed WHERE leave_us IS NOT NULL
    )
    INSERT INTO vigil.outbox (kind, org_id, incident_id, people, data)
    SELECT 'fence', f.org_id, f.incident_id, ARRAY[h.person_id],
           vigil.fence_event(f, h.what, h.person_id, h.visit_id, h.at_us)
    FROM happened h JOIN vigil.fence f USING (fence_id)
    WHERE h.what = ANY (f.kinds)
    ORDER BY h.at_us, h.person_id, array_position(ARRAY['enter', 'dwell', 'leave'], h.what);
    GET DIAGNOSTICS told = ROW_COUNT;
    RETURN told;
END $$;

-- Tells of those who should be there and are not, each once until she has been there; and
-- notes whose absence is over. By the database's clock. How many it were.
CREATE FUNCTION vigil.fence_roll_call() RETURNS integer LANGUAGE plpgsql
SET search_path = pg_catalog, public, vigil AS $$
DECLARE
    told integer;
BEGIN
    UPDATE vigil.fence_absence a SET ended_at = clock_timestamp()
    WHERE a.ended_at IS NULL
      AND (EXISTS (SELECT FROM vigil.fence_visit v
                   WHERE v.fence_id = a.fence_id AND v.person_id = a.person_id AND v.leave_us IS NULL)
           OR NOT EXISTS (SELECT FROM vigil.fence_roster r
                          WHERE r.fence_id = a.fence_id AND r.signup_id = a.signup_id));
    WITH missing AS (
        INSERT INTO vigil.fence_absence (fence_id, org_id, signup_id, person_id)
        SELECT r.fence_id, r.org_id, r.signup_id, r.person_id
        FROM vigil.fence_roster r JOIN vigil.fence f USING (fence_id)
        WHERE 'absent' = ANY (f.kinds) AND now() >= r.starts_at + make_interval(secs => r.grace_s)
          AND NOT EXISTS (SELECT FROM vigil.fence_visit v
                          WHERE v.fence_id = r.fence_id AND v.person_id = r.person_id
                            AND (v.leave_us IS NULL OR v.leave_us > vigil.now_us() - r.grace_s * 1000000::bigint))
        ORDER BY r.fence_id, r.signup_id
        ON CONFLICT DO NOTHING
        RETURNING *
    )
    INSERT INTO vigil.outbox (kind, org_id, people, data)
    SELECT 'fence', f.org_id, ARRAY[m.person_id],
           (vigil.fence_event(f, 'absent', m.person_id, NULL, vigil.now_us())::jsonb || jsonb_strip_nulls(jsonb_build_object(
               'signup_id', m.signup_id, 'absence_id', m.absence_id,
               'last_fix_at', (SELECT vigil.rfc3339(to_timestamp(l.fix_us / 1e6)) FROM vigil.position_last l
                               WHERE l.person_id = m.person_id AND l.fix_us > 0))))::text
    FROM missing m JOIN vigil.fence f USING (fence_id)
    ORDER BY m.absence_id;
    GET DIAGNOSTICS told = ROW_COUNT;
    RETURN told;
END $$;

-- ------------------------------------------------------------------ as answers carry them

CREATE FUNCTION vigil.fence_json(f vigil.fence) RETURNS text LANGUAGE sql STABLE
SET search_path = pg_catalog, public, vigil AS $$
    SELECT json_build_object(
        'fence_id', f.fence_id, 'org_id', f.org_id, 'name', f.name, 'lookout_point_id', f.lookout_point_id,
        'grid_id', f.grid_id, 'incident_id', f.incident_id,
        'place', CASE WHEN f.radius_m IS NOT NULL THEN json_build_object('lon', round(ST_X(f.geom)::numeric, 7),
            'lat', round(ST_Y(f.geom)::numeric, 7), 'frame', 'wgs84') END,
        'radius_m', f.radius_m,
        'area', CASE WHEN f.radius_m IS NULL THEN (ST_AsGeoJSON(f.geom, 7)::jsonb || '{"frame": "wgs84"}') END,
        'margin_m', f.margin_m, 'whom', f.whom, 'squad_id', f.squad_id, 'kinds', f.kinds, 'dwell_s', f.dwell_s,
        'grace_s', f.grace_s,
        'inside', (SELECT count(*) FROM vigil.fence_visit v WHERE v.fence_id = f.fence_id AND v.leave_us IS NULL),
        'version', f.version, 'valid_from', vigil.rfc3339(f.valid_from), 'valid_to', vigil.rfc3339(f.valid_to))::text
$$;

CREATE FUNCTION vigil.fence_visit_json(v vigil.fence_visit) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT json_build_object(
        'visit_id', v.visit_id, 'fence_id', v.fence_id, 'person_id', v.person_id,
        'entered_at', vigil.rfc3339(to_timestamp(v.enter_us / 1e6)),
        'left_at', vigil.rfc3339(to_timestamp(v.leave_us / 1e6)),
        'dwelt_at', vigil.rfc3339(to_timestamp(v.dwell_us / 1e6)), 'ended_by', v.ended_by)::text
$$;

CREATE FUNCTION vigil.fence_absence_json(b vigil.fence_absence) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT json_build_object(
        'absence_id', b.absence_id, 'fence_id', b.fence_id, 'person_id', b.person_id, 'signup_id', b.signup_id,
        'told_at', vigil.rfc3339(b.told_at), 'ended_at', vigil.rfc3339(b.ended_at))::text
$$;

-- ------------------------------------------------------------------ bus lines

-- Where the buses of a line run and stop. A bus sees something only at its stops or near
-- them, and somewhere else it is not on its line. Crews name the line by its code.
CREATE TABLE vigil.bus_line (
    bus_line_id  bigint PRIMARY KEY CHECK (bus_line_id BETWEEN 1 AND 9007199254740991),
    org_id       bigint NOT NULL REFERENCES vigil.org,
    code         text NOT NULL CHECK (octet_length(code) BETWEEN 1 AND 40),
    name         text NOT NULL CHECK (octet_length(name) BETWEEN 1 AND 200),
    path         geometry(MultiLineString, 4326) NOT NULL CHECK (ST_NPoints(path) BETWEEN 2 AND 5000),
    stops        geometry(MultiPoint, 4326) NOT NULL,
    stop_names   text[] NOT NULL,
    near_m       integer NOT NULL CHECK (near_m BETWEEN 10 AND 500),  -- that close is at the stop
    off_m        integer NOT NULL CHECK (off_m BETWEEN 20 AND 2000),  -- further from the path is off the line
    version      integer NOT NULL DEFAULT 1,
    valid_from   timestamptz NOT NULL DEFAULT now(),
    valid_to     timestamptz,
    changed_txid bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    CHECK (ST_NumGeometries(stops) = cardinality(stop_names) AND cardinality(stop_names) BETWEEN 1 AND 300)
);
CREATE UNIQUE INDEX bus_line_code ON vigil.bus_line (code) WHERE valid_to IS NULL;
CREATE INDEX bus_line_org ON vigil.bus_line (org_id, bus_line_id);
CREATE INDEX bus_line_changed ON vigil.bus_line (changed_txid);
CREATE TRIGGER bus_line_touched BEFORE UPDATE ON vigil.bus_line
    FOR EACH ROW EXECUTE FUNCTION vigil.person_touched();

CREATE FUNCTION vigil.bus_line_json(b vigil.bus_line) RETURNS text LANGUAGE sql STABLE
SET search_path = pg_catalog, public, vigil AS $$
    SELECT json_build_object(
        'bus_line_id', b.bus_line_id, 'org_id', b.org_id, 'code', b.code, 'name', b.name,
        'path', ST_AsGeoJSON(b.path, 7)::jsonb || '{"frame": "wgs84"}',
        'stops', (SELECT json_agg(json_build_object('name', b.stop_names[d.path[1]], 'place', json_build_object(
                      'lon', round(ST_X(d.geom)::numeric, 7), 'lat', round(ST_Y(d.geom)::numeric, 7), 'frame', 'wgs84'))
                      ORDER BY d.path[1]) FROM ST_Dump(b.stops) d),
        'near_m', b.near_m, 'off_m', b.off_m, 'version', b.version,
        'valid_from', vigil.rfc3339(b.valid_from), 'valid_to', vigil.rfc3339(b.valid_to))::text
$$;

-- ------------------------------------------------------------------ walls

DO $$
DECLARE
    wanted text;
    ours constant text := 'org_id IN (SELECT org_id FROM vigil.org_reach WHERE ancestor_id = vigil.scope_org())';
BEGIN
    FOREACH wanted IN ARRAY ARRAY['fence', 'fence_visit', 'fence_absence', 'bus_line'] LOOP
        EXECUTE format('ALTER TABLE vigil.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', wanted);
        EXECUTE format('CREATE POLICY app ON vigil.%I TO vigil_app USING (%s) WITH CHECK (%s)', wanted, ours, ours);
        EXECUTE format('CREATE POLICY engine ON vigil.%I TO vigil_engine USING (true) WITH CHECK (true)', wanted);
        EXECUTE format('GRANT SELECT ON vigil.%I TO vigil_app', wanted);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON vigil.%I TO vigil_engine', wanted);
    END LOOP;
END $$;
GRANT INSERT, UPDATE ON vigil.fence, vigil.bus_line TO vigil_app;
GRANT SELECT ON vigil.fence_roster TO vigil_engine;

ALTER FUNCTION vigil.fence_count() OWNER TO vigil_engine;
ALTER FUNCTION vigil.fence_closed() OWNER TO vigil_engine;
ALTER FUNCTION vigil.fence_untracked() OWNER TO vigil_engine;
ALTER FUNCTION vigil.fence_erased() OWNER TO vigil_engine;
ALTER FUNCTION vigil.fence_follows() OWNER TO vigil_engine;
