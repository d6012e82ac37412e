-- Where people were: an hour that is over becomes one row a person (geo/track.h), grows
-- coarse, and goes; what belongs to an incident is copied before, and kept with it; whoever
-- takes back her consent, or leaves, is deleted from all of it.

-- A track of one person, received in one hour. Bytes that do not get smaller are not
-- tried by the database either.
CREATE TABLE vigil.track_hour (
    person_id bigint NOT NULL,
    hour_us   bigint NOT NULL,           -- its first microsecond since 1970
    part      integer NOT NULL,          -- from 0: more than one encoding holds, or what came late
    from_us   bigint NOT NULL,           -- the first and the last fix, by the device's time
    until_us  bigint NOT NULL,
    fix_count integer NOT NULL,
    fixes     bytea NOT NULL,
    PRIMARY KEY (person_id, hour_us, part)
) PARTITION BY RANGE (hour_us);
ALTER TABLE vigil.track_hour ALTER COLUMN fixes SET STORAGE EXTERNAL;

-- How far an hour has come: it is packed slice by slice of its people, then it is `packed`
-- and its partition of single fixes is gone, then `coarse`. The row goes with the hour.
CREATE TABLE vigil.track_state (
    hour_us bigint PRIMARY KEY,
    slices  integer NOT NULL CHECK (slices >= 1),
    done    integer NOT NULL DEFAULT 0,
    fixes   bigint NOT NULL DEFAULT 0,   -- read in those slices
    packed  boolean NOT NULL DEFAULT false,
    coarse  boolean NOT NULL DEFAULT false,
    CHECK (done BETWEEN 0 AND slices)
);

-- What is kept of an incident: where each of those who accepted was until she was cleared.
-- While copied_at is null it is not copied yet, and is read from her hours.
CREATE TABLE vigil.incident_track (
    dispatch_id bigint NOT NULL,
    person_id   bigint NOT NULL,
    part        integer NOT NULL DEFAULT 0,
    incident_id bigint NOT NULL,
    org_id      bigint NOT NULL,         -- of the incident
    from_us     bigint NOT NULL,
    until_us    bigint NOT NULL,
    copied_at   timestamptz,
    fix_count   integer NOT NULL DEFAULT 0,
    fixes       bytea NOT NULL DEFAULT '',
    PRIMARY KEY (dispatch_id, person_id, part)
);
ALTER TABLE vigil.incident_track ALTER COLUMN fixes SET STORAGE EXTERNAL;
CREATE INDEX incident_track_of ON vigil.incident_track (incident_id);
CREATE INDEX incident_track_person ON vigil.incident_track (person_id);
CREATE INDEX incident_track_due ON vigil.incident_track (until_us) WHERE copied_at IS NULL;
CREATE INDEX incident_track_until ON vigil.incident_track (until_us) WHERE copied_at IS NOT NULL;

CREATE FUNCTION vigil.microseconds(at timestamptz) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT (extract(epoch FROM at) * 1000000)::bigint
$$;

-- ------------------------------------------------------------------ hours

-- The hours of single fixes that have a partition of their own.
CREATE FUNCTION vigil.position_hours() RETURNS TABLE (hour_us bigint, name text)
LANGUAGE sql STABLE AS $$
    SELECT vigil.microseconds(to_timestamp(substr(c.relname, 18) || ' +00', 'YYYYMMDD_HH24 TZH')), c.relname
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'vigil.position_history'::regclass AND c.relname ~ '^position_history_\d{8}_\d{2}$'
$$;

CREATE FUNCTION vigil.track_partition(hour bigint) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT 'track_hour_' || to_char(to_timestamp(hour / 1000000) AT TIME ZONE 'UTC', 'YYYYMMDD_HH24')
$$;
CREATE FUNCTION vigil.position_partition(hour bigint) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT 'position_history_' || to_char(to_timestamp(hour / 1000000) AT TIME ZONE 'UTC', 'YYYYMMDD_HH24')
$$;

-- Makes the partitions of the hours from now to now + ahead, as before, but attaches them:
-- that lets writers go on, which making them in place does not.
CREATE OR REPLACE FUNCTION vigil.position_history_ahead(ahead interval) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
DECLARE
    hour_us  constant bigint := 3600000000;
    start_us bigint := floor(extract(epoch FROM now()) / 3600)::bigint * hour_us;
    stop_us  bigint := vigil.microseconds(now() + ahead);
    name     text;
    made     integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('vigil.position_history_ahead')); -- one after another
    WHILE start_us <= stop_us LOOP
        name := vigil.position_partition(start_us);
        IF to_regclass('vigil.' || name) IS NULL THEN
            BEGIN
                EXECUTE format('CREATE TABLE vigil.%I (LIKE vigil.position_history INCLUDING DEFAULTS)', name);
                EXECUTE format('CREATE INDEX ON vigil.%I USING brin (received_us)', name);
                EXECUTE format('ALTER TABLE vigil.position_history ATTACH PARTITION vigil.%I FOR VALUES FROM (%s) TO (%s)',
                               name, start_us, start_us + hour_us);
                made := made + 1;
            EXCEPTION WHEN check_violation THEN
                NULL; -- some of it lies in the default partition, which then takes the rest of the hour
            END;
        END IF;
        start_us := start_us + hour_us;
    END LOOP;
    RETURN made;
END $$;

-- Begins to pack an hour, or goes on, also with what came after it was packed; how many
-- slices its people are in, so that a slice is some million fixes at most.
CREATE FUNCTION vigil.track_open(hour bigint) RETURNS TABLE (slices integer, done integer, coarse boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
#variable_conflict use_column
DECLARE
    bytes bigint := coalesce(pg_relation_size(to_regclass('vigil.' || vigil.position_partition(hour))), 0);
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('vigil.track_open'));
    IF to_regclass('vigil.' || vigil.track_partition(hour)) IS NULL THEN
        EXECUTE format('CREATE TABLE vigil.%I (LIKE vigil.track_hour INCLUDING STORAGE INCLUDING INDEXES)',
                       vigil.track_partition(hour));
        EXECUTE format('ALTER TABLE vigil.track_hour ATTACH PARTITION vigil.%I FOR VALUES FROM (%s) TO (%s)',
                       vigil.track_partition(hour), hour, hour + 3600000000);
    END IF;
    RETURN QUERY
    INSERT INTO vigil.track_state AS s (hour_us, slices) VALUES (hour, 1 + bytes / 268435456)
    ON CONFLICT (hour_us) DO UPDATE SET
        slices = CASE WHEN s.packed THEN excluded.slices ELSE s.slices END,
        done = CASE WHEN s.packed THEN 0 ELSE s.done END,
        packed = false
    RETURNING s.slices, s.done, s.coarse;
END $$;

-- When all slices are packed the single fixes go, unless there are others than were read:
-- then it is done again. False: not yet, also when somebody is reading them just now.
CREATE FUNCTION vigil.track_close(hour bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp SET lock_timeout = '500ms' AS $$
DECLARE
    name constant text := vigil.position_partition(hour);
    read bigint;
    held bigint;
BEGIN
    SELECT fixes INTO read FROM vigil.track_state WHERE hour_us = hour AND NOT packed AND done = slices FOR UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    IF to_regclass('vigil.' || name) IS NOT NULL THEN
        EXECUTE format('LOCK TABLE vigil.%I IN ACCESS EXCLUSIVE MODE', name);
        EXECUTE format('SELECT count(*) FROM vigil.%I', name) INTO held;
        IF held <> read THEN
            DELETE FROM vigil.track_hour WHERE hour_us = hour;
            UPDATE vigil.track_state SET done = 0, fixes = 0 WHERE hour_us = hour;
            RETURN false;
        END IF;
        EXECUTE format('DROP TABLE vigil.%I', name);
    END IF;
    UPDATE vigil.track_state SET packed = true, fixes = 0 WHERE hour_us = hour;
    RETURN true;
EXCEPTION WHEN lock_not_available THEN
    RETURN false;
END $$;

-- Empties an hour that comes back coarse in the same transaction: by TRUNCATE, so that
-- the exact places do not stay in the table's file until some vacuum.
CREATE FUNCTION vigil.track_empty(hour bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp SET lock_timeout = '500ms' AS $$
BEGIN
    EXECUTE format('TRUNCATE vigil.%I', vigil.track_partition(hour));
    UPDATE vigil.track_state SET coarse = true WHERE hour_us = hour;
END $$;

-- Drops all of the hours that ended so long ago, single fixes and packed ones; how many.
CREATE OR REPLACE FUNCTION vigil.position_history_expire(keep_h integer) RETURNS integer LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp SET lock_timeout = '500ms' AS $$
DECLARE
    oldest constant bigint := vigil.microseconds(date_trunc('hour', now(), 'UTC')) - keep_h * 3600000000;
    old    record;
    gone   integer := 0;
BEGIN
    FOR old IN
        SELECT h.hour_us, h.name FROM vigil.position_hours() h WHERE h.hour_us < oldest
        UNION ALL
        SELECT s.hour_us, vigil.track_partition(s.hour_us) FROM vigil.track_state s WHERE s.hour_us < oldest
        ORDER BY 1, 2
    LOOP
        EXECUTE format('DROP TABLE IF EXISTS vigil.%I', old.name);
        DELETE FROM vigil.track_state s WHERE s.hour_us = old.hour_us;
        gone := gone + 1;
    END LOOP;
    DELETE FROM vigil.position_history_default WHERE received_us < oldest;
    RETURN gone;
END $$;

-- When she went off duty is written down after her last position has gone, for which that
-- may have waited: so none that is kept was received after it. (Triggers of one kind run
-- in the order of their names.)
DROP TRIGGER duty_changed ON vigil.person;
CREATE TRIGGER position_then_duty AFTER UPDATE ON vigil.person
    FOR EACH ROW WHEN (OLD.on_duty <> NEW.on_duty OR NEW.on_duty AND OLD.mode <> NEW.mode)
    EXECUTE FUNCTION vigil.duty_changed();

-- ------------------------------------------------------------------ an incident's tracks

-- From when she first said yes; whoever never did leaves no track.
CREATE FUNCTION vigil.incident_track_begun(of_dispatch bigint, of_person bigint) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
    SELECT min(e.at) FROM vigil.dispatch_person d JOIN vigil.incident_event e USING (incident_id, dispatch_id, person_id)
    WHERE d.dispatch_id = of_dispatch AND d.person_id = of_person
      AND e.kind IN ('accepted', 'enroute', 'on_scene', 'working')
$$;

CREATE FUNCTION vigil.incident_track_ended() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
BEGIN
    INSERT INTO vigil.incident_track (dispatch_id, person_id, incident_id, org_id, from_us, until_us)
    SELECT NEW.dispatch_id, NEW.person_id, NEW.incident_id, NEW.org_id,
           vigil.microseconds(begun), vigil.microseconds(NEW.taken_to)
    FROM vigil.incident_track_begun(NEW.dispatch_id, NEW.person_id) AS begun
    WHERE begun IS NOT NULL
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER incident_track_ended AFTER UPDATE ON vigil.dispatch_person
    FOR EACH ROW WHEN (OLD.active AND NOT NEW.active)
    EXECUTE FUNCTION vigil.incident_track_ended();

-- An incident that is merged or handed on takes its tracks with it.
CREATE FUNCTION vigil.incident_track_moved() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
BEGIN
    UPDATE vigil.incident_track SET incident_id = NEW.incident_id, org_id = NEW.org_id
    WHERE dispatch_id = NEW.dispatch_id AND person_id = NEW.person_id;
    RETURN NULL;
END $$;
CREATE TRIGGER incident_track_moved AFTER UPDATE ON vigil.dispatch_person
    FOR EACH ROW WHEN (OLD.incident_id <> NEW.incident_id OR OLD.org_id <> NEW.org_id)
    EXECUTE FUNCTION vigil.incident_track_moved();

-- ------------------------------------------------------------------ forgetting

-- Whoever takes back her consent is deleted from all tracks, too, and that has a receipt:
-- of kind 'positions', with what was received before she agreed again, if she does.
ALTER TABLE vigil.erasure ADD COLUMN kind text NOT NULL DEFAULT 'person' CHECK (kind IN ('person', 'positions'));
ALTER TABLE vigil.erasure DROP CONSTRAINT erasure_person_id_key;
CREATE UNIQUE INDEX erasure_person ON vigil.erasure (person_id) WHERE kind = 'person';

-- vigil.person_erase knows of one kind only.
CREATE FUNCTION vigil.erasure_kind() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.kind := 'person';
    RETURN NEW;
END $$;
CREATE TRIGGER erasure_kind BEFORE INSERT ON vigil.erasure
    FOR EACH ROW WHEN (NEW.kind IS NULL) EXECUTE FUNCTION vigil.erasure_kind();

CREATE FUNCTION vigil.erasure_of_positions() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
BEGIN
    INSERT INTO vigil.erasure (erasure_id, person_id, org_id, values_gone, memberships, credentials, tokens, kind)
    VALUES (nextval('vigil.id_block'), NEW.person_id, NEW.org_id, 0, 0, 0, 0, 'positions');
    RETURN NULL;
END $$;
CREATE TRIGGER erasure_of_positions AFTER UPDATE ON vigil.person
    FOR EACH ROW WHEN (OLD.location_consent AND NOT NEW.location_consent)
    EXECUTE FUNCTION vigil.erasure_of_positions();

-- Whoever is erased needs no second receipt.
CREATE FUNCTION vigil.erasure_of_all() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
BEGIN
    DELETE FROM vigil.erasure WHERE person_id = NEW.person_id AND kind = 'positions' AND positions_at IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER erasure_of_all AFTER INSERT ON vigil.erasure
    FOR EACH ROW WHEN (NEW.kind = 'person') EXECUTE FUNCTION vigil.erasure_of_all();

-- Up to which time of receipt her positions are to be deleted: when she agreed again, or
-- for ever.
CREATE FUNCTION vigil.erasure_until_us(e vigil.erasure) RETURNS bigint LANGUAGE sql STABLE
SET search_path = pg_catalog, vigil AS $$
    SELECT CASE WHEN e.kind = 'person' OR NOT p.location_consent THEN 9223372036854775807
           ELSE vigil.microseconds(coalesce((SELECT min(c.at) FROM vigil.consent c
                                             WHERE c.person_id = e.person_id AND c.purpose = 'location'
                                               AND c.given AND c.at > e.asked_at), e.asked_at)) END
    FROM vigil.person p WHERE p.person_id = e.person_id
$$;

-- ------------------------------------------------------------------ reading

-- Whether she still agrees: from the moment she does not, nothing is shown, though it
-- takes a moment to delete it.
CREATE FUNCTION vigil.track_agreed(wanted bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
    SELECT EXISTS (SELECT FROM vigil.person p WHERE p.person_id = wanted AND p.location_consent)
$$;

-- Whether the caller may read where somebody was: she sees her, or has sent her to an
-- incident, then for that time only.
CREATE FUNCTION vigil.track_may(wanted bigint, of_dispatch bigint, since_us bigint, till_us bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
    SELECT vigil.track_agreed(wanted)
       AND (EXISTS (SELECT FROM vigil.person_reach r
                    WHERE r.ancestor_id = vigil.scope_org() AND r.person_id = wanted)
            OR EXISTS (SELECT FROM vigil.dispatch_person d
                       JOIN vigil.org_reach r ON r.org_id = d.org_id AND r.ancestor_id = vigil.scope_org()
                       WHERE d.dispatch_id = of_dispatch AND d.person_id = wanted
                         AND vigil.microseconds(vigil.incident_track_begun(of_dispatch, wanted)) <= since_us
                         AND vigil.microseconds(coalesce(d.taken_to, now())) >= till_us))
$$;

-- Her single fixes of that time, as far as they are not packed.
CREATE FUNCTION vigil.track_fixes(wanted bigint, of_dispatch bigint, since_us bigint, till_us bigint, most bigint)
RETURNS TABLE (fix_us bigint, lon_e7 integer, lat_e7 integer, accuracy_dm integer, speed_cms integer, flags integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
BEGIN
    IF vigil.track_may(wanted, of_dispatch, since_us, till_us) THEN
        -- A fix is received up to five minutes before its own time, or a day after.
        RETURN QUERY
        SELECT h.fix_us, h.lon_e7, h.lat_e7, coalesce(h.accuracy_dm, -1), coalesce(h.speed_cms, -1), h.flags
        FROM vigil.position_history h
        WHERE h.received_us >= since_us - 300000000 AND h.received_us < till_us + 86700000000
          AND h.person_id = wanted AND h.fix_us BETWEEN since_us AND till_us
        LIMIT most;
    END IF;
END $$;

-- Her packed hours with anything of that time.
CREATE FUNCTION vigil.track_hours(wanted bigint, of_dispatch bigint, since_us bigint, till_us bigint)
RETURNS TABLE (coarse boolean, fixes bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
BEGIN
    IF vigil.track_may(wanted, of_dispatch, since_us, till_us) THEN
        RETURN QUERY
        SELECT s.coarse, h.fixes FROM vigil.track_hour h JOIN vigil.track_state s USING (hour_us)
        WHERE h.hour_us >= since_us - 3900000000 AND h.hour_us < till_us + 86700000000
          AND h.person_id = wanted AND h.from_us <= till_us AND h.until_us >= since_us
        ORDER BY h.hour_us, h.part;
    END IF;
END $$;

-- ------------------------------------------------------------------ walls and doors

-- Like the single fixes, the hours have no door but the two functions above.
ALTER TABLE vigil.track_hour ENABLE ROW LEVEL SECURITY;
ALTER TABLE vigil.track_hour FORCE ROW LEVEL SECURITY;
CREATE POLICY engine ON vigil.track_hour TO vigil_engine USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, DELETE ON vigil.track_hour TO vigil_engine;
GRANT SELECT, UPDATE ON vigil.track_state TO vigil_engine;
GRANT SELECT, DELETE ON vigil.position_history_default TO vigil_engine; -- what came too late is packed from there

ALTER TABLE vigil.incident_track ENABLE ROW LEVEL SECURITY;
ALTER TABLE vigil.incident_track FORCE ROW LEVEL SECURITY;
CREATE POLICY app ON vigil.incident_track FOR SELECT TO vigil_app USING (
    EXISTS (SELECT FROM vigil.org_reach r
            WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = incident_track.org_id));
CREATE POLICY engine ON vigil.incident_track TO vigil_engine USING (true) WITH CHECK (true);
GRANT SELECT ON vigil.incident_track TO vigil_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON vigil.incident_track TO vigil_engine;
GRANT DELETE ON vigil.erasure TO vigil_engine;

DO $$
DECLARE
    what text;
BEGIN
    FOREACH what IN ARRAY ARRAY['incident_track_begun(bigint, bigint)', 'incident_track_ended()', 'incident_track_moved()',
                                'erasure_of_positions()', 'erasure_of_all()',
                                'track_agreed(bigint)', 'track_may(bigint, bigint, bigint, bigint)',
                                'track_fixes(bigint, bigint, bigint, bigint, bigint)',
                                'track_hours(bigint, bigint, bigint, bigint)'] LOOP
        EXECUTE 'ALTER FUNCTION vigil.' || what || ' OWNER TO vigil_engine';
        EXECUTE 'REVOKE ALL ON FUNCTION vigil.' || what || ' FROM PUBLIC';
    END LOOP;
    FOREACH what IN ARRAY ARRAY['track_open(bigint)', 'track_close(bigint)', 'track_empty(bigint)'] LOOP
        EXECUTE 'REVOKE ALL ON FUNCTION vigil.' || what || ' FROM PUBLIC';
        EXECUTE 'GRANT EXECUTE ON FUNCTION vigil.' || what || ' TO vigil_engine';
    END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION vigil.track_fixes(bigint, bigint, bigint, bigint, bigint),
    vigil.track_hours(bigint, bigint, bigint, bigint), vigil.track_agreed(bigint) TO vigil_app;
