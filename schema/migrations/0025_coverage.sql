-- Which streets are watched, by the centimetre and the second: what counts, what a lookout
-- point sees, what covers which stretch when, how much of each hour is left, and the jobs
-- that work such things out.

-- ------------------------------------------------------------------ what counts

-- Whether streets of a class are to be watched at all, where one may walk them, and for
-- how long it counts that somebody passed.
CREATE TABLE vigil.cover_class (
    class    smallint PRIMARY KEY CHECK (class BETWEEN 0 AND 12), -- enum street_class of geo/road/network.h
    counts   boolean NOT NULL,
    window_s integer NOT NULL CHECK (window_s BETWEEN 60 AND 604800)
);
INSERT INTO vigil.cover_class (class, counts, window_s)
SELECT class, class NOT IN (0, 1, 12), CASE WHEN class BETWEEN 2 AND 4 THEN 8 ELSE 24 END * 3600
FROM generate_series(0, 12) class;

-- The streets that count, as they are now.
CREATE VIEW vigil.cover_street WITH (security_invoker = true) AS
SELECT g.segment_id, g.way_id, g.name, g.class, g.length_cm, c.window_s, g.geom
FROM vigil.segment g JOIN vigil.cover_class c USING (class)
WHERE g.valid_to IS NULL AND c.counts AND g.access & 3 <> 0;

-- ------------------------------------------------------------------ lookout points

-- From where, how far and in which import what a lookout point sees was worked out last.
CREATE TABLE vigil.lookout_seen (
    lookout_point_id bigint PRIMARY KEY REFERENCES vigil.lookout_point,
    org_id           bigint NOT NULL REFERENCES vigil.org, -- the lookout point's, as the next
    lon_e7           integer NOT NULL,
    lat_e7           integer NOT NULL,
    reach_m          integer NOT NULL,
    import_id        bigint NOT NULL REFERENCES vigil.import,
    building_count   integer NOT NULL, -- that stand within reach; one that it stands in hides nothing
    seen_cm          bigint NOT NULL,
    blocked_cm       bigint NOT NULL,
    made_at          timestamptz NOT NULL DEFAULT now()
);

-- The streets within its reach: seen, or hidden by a building.
CREATE TABLE vigil.lookout_view (
    lookout_point_id bigint NOT NULL REFERENCES vigil.lookout_seen ON DELETE CASCADE,
    org_id           bigint NOT NULL,
    segment_id       bigint NOT NULL,
    from_cm          integer NOT NULL CHECK (from_cm >= 0),
    to_cm            integer NOT NULL CHECK (to_cm > from_cm),
    is_blocked       boolean NOT NULL,
    PRIMARY KEY (lookout_point_id, segment_id, from_cm)
);
CREATE INDEX lookout_view_segment ON vigil.lookout_view (segment_id);

-- ------------------------------------------------------------------ what covers what, when

-- 168 hours that were worked out: as planned, or as it was.
CREATE TABLE vigil.cover_week (
    week_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind       text NOT NULL CHECK (kind IN ('plan', 'actual')),
    starts_at  timestamptz NOT NULL CHECK (extract(epoch FROM starts_at)::bigint % 3600 = 0),
    import_id  bigint NOT NULL REFERENCES vigil.import,
    known_to   timestamptz NOT NULL, -- an actual week: up to when it had been then
    scored_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (kind, starts_at)
);

-- A stretch that a source covers for a time. Those of one source do not overlap.
CREATE TABLE vigil.cover_interval (
    week_id    bigint NOT NULL REFERENCES vigil.cover_week ON DELETE CASCADE,
    org_id     bigint NOT NULL,        -- the source's
    segment_id bigint NOT NULL,
    cm         int4range NOT NULL CHECK (NOT isempty(cm)),
    layer      text NOT NULL CHECK (layer IN ('lookout', 'patrol', 'reach')),
    source_id  bigint NOT NULL,        -- a lookout point or a claim
    during     tstzrange NOT NULL CHECK (NOT isempty(during)) -- within the week, whole seconds
);
CREATE INDEX cover_interval_segment ON vigil.cover_interval (week_id, segment_id);
CREATE INDEX cover_interval_source ON vigil.cover_interval (week_id, layer, source_id);

-- How much is not covered by a lookout point or a patrol, for each of the hours: of the
-- city (area_id 1), an organisation with all below it, a grid cell, or a station.
CREATE TABLE vigil.cover_tally (
    week_id    bigint NOT NULL REFERENCES vigil.cover_week ON DELETE CASCADE,
    by         text NOT NULL CHECK (by IN ('city', 'org', 'grid', 'station')),
    area_id    bigint NOT NULL,
    org_id     bigint NOT NULL, -- whose area it is
    length_cm  bigint NOT NULL, -- of the streets that count
    weight     bigint NOT NULL, -- of the same
    gap_cm_s   bigint[] NOT NULL CHECK (cardinality(gap_cm_s) = 168),
    gap_weight_s bigint[] NOT NULL CHECK (cardinality(gap_weight_s) = 168),
    PRIMARY KEY (week_id, by, area_id)
);
CREATE INDEX cover_tally_org ON vigil.cover_tally (org_id);

-- Every stretch of which some of the week was not covered, and for how long.
CREATE TABLE vigil.cover_gap (
    week_id     bigint NOT NULL REFERENCES vigil.cover_week ON DELETE CASCADE,
    org_id      bigint NOT NULL, -- in whose area it lies
    grid_id     bigint,
    segment_id  bigint NOT NULL,
    from_cm     integer NOT NULL,
    to_cm       integer NOT NULL CHECK (to_cm > from_cm),
    uncovered_s integer NOT NULL CHECK (uncovered_s BETWEEN 1 AND 604800)
);
CREATE INDEX cover_gap_segment ON vigil.cover_gap (week_id, segment_id);
CREATE INDEX cover_gap_org ON vigil.cover_gap (org_id);

-- ------------------------------------------------------------------ jobs

-- Work that takes longer than an answer may. Planner threads of any process take what is
-- queued; one whose process has died is taken up again where it was (`saved`).
CREATE TABLE vigil.job (
    job_id      bigint PRIMARY KEY CHECK (job_id BETWEEN 1 AND 9007199254740991),
    org_id      bigint NOT NULL REFERENCES vigil.org,
    kind        text NOT NULL CHECK (kind ~ '^[a-z][a-z_]{0,39}$'),
    wish        jsonb NOT NULL CHECK (octet_length(wish::text) <= 100000),
    state       text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    share       double precision NOT NULL DEFAULT 0 CHECK (share BETWEEN 0 AND 1),
    step        text NOT NULL DEFAULT '' CHECK (octet_length(step) <= 40),
    saved       jsonb CHECK (octet_length(saved::text) <= 1000000),
    result      jsonb CHECK (octet_length(result::text) <= 1000000),
    code        text, -- why it failed
    detail      text CHECK (octet_length(detail) <= 1000),
    token_id    bigint,
    person_id   bigint,
    runner      bigint, -- of the taking; a runner that finds another here lets go
    tries       integer NOT NULL DEFAULT 0,
    made_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    started_at  timestamptz,
    beat_at     timestamptz,
    cancel_at   timestamptz, -- when somebody wished it ended
    finished_at timestamptz,
    CHECK ((state IN ('done', 'failed', 'cancelled')) = (finished_at IS NOT NULL)),
    CHECK ((state = 'failed') = (code IS NOT NULL))
);
CREATE INDEX job_org ON vigil.job (org_id, job_id);
CREATE INDEX job_open ON vigil.job (job_id) WHERE state IN ('queued', 'running');
CREATE SEQUENCE vigil.job_runner;

-- What has changed is told in its transaction, and wakes the planners.
CREATE FUNCTION vigil.job_tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' OR (NEW.state, NEW.share, NEW.step, NEW.cancel_at)
                           IS DISTINCT FROM (OLD.state, OLD.share, OLD.step, OLD.cancel_at) THEN
        INSERT INTO vigil.outbox (kind, org_id, data)
        VALUES ('job', NEW.org_id, json_build_object('job_id', NEW.job_id, 'kind', NEW.kind, 'state', NEW.state,
                                                     'share', NEW.share, 'step', NEW.step)::text);
    END IF;
    IF NEW.state = 'queued' THEN
        NOTIFY vigil_job;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER job_tell AFTER INSERT OR UPDATE ON vigil.job
    FOR EACH ROW EXECUTE FUNCTION vigil.job_tell();

-- Takes the oldest that is queued, or whose process has not been heard of for so long.
-- One that has died under three processes is given up.
CREATE FUNCTION vigil.job_take(kinds text[], silent interval) RETURNS SETOF vigil.job LANGUAGE plpgsql
SET search_path = pg_catalog, vigil AS $$
BEGIN
    UPDATE vigil.job SET state = 'failed', code = 'job_given_up', finished_at = clock_timestamp(),
        detail = 'three processes ended while they worked at it'
    WHERE state = 'running' AND beat_at < clock_timestamp() - silent AND tries >= 3;
    RETURN QUERY
    UPDATE vigil.job j SET state = 'running', tries = j.tries + 1, runner = nextval('vigil.job_runner'),
        started_at = coalesce(j.started_at, clock_timestamp()), beat_at = clock_timestamp()
    WHERE j.job_id = (SELECT n.job_id FROM vigil.job n
                      WHERE n.kind = ANY (kinds)
                        AND (n.state = 'queued' OR n.state = 'running' AND n.beat_at < clock_timestamp() - silent)
                      ORDER BY n.job_id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING j.*;
END $$;

-- How many are open in the city, whoever asks.
CREATE FUNCTION vigil.job_open_count() RETURNS bigint LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
    SELECT count(*) FROM vigil.job WHERE state IN ('queued', 'running')
$$;

CREATE FUNCTION vigil.job_json(j vigil.job) RETURNS text LANGUAGE sql STABLE
SET search_path = pg_catalog, vigil AS $$
    SELECT json_build_object(
        'job_id', j.job_id, 'org_id', j.org_id, 'kind', j.kind, 'wish', j.wish, 'state', j.state,
        'share', j.share, 'step', j.step, 'result', j.result, 'code', j.code, 'detail', j.detail,
        'made_at', vigil.rfc3339(j.made_at), 'started_at', vigil.rfc3339(j.started_at),
        'cancel_at', vigil.rfc3339(j.cancel_at), 'finished_at', vigil.rfc3339(j.finished_at))::text
$$;

-- ------------------------------------------------------------------ for QGIS and SQL users

-- The part of a segment between two measures, which its drawing is scaled to.
CREATE FUNCTION vigil.stretch(geom geometry, length_cm integer, from_cm integer, to_cm integer) RETURNS geometry
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, public AS $$
    SELECT ST_LineSubstring(geom, least(from_cm::float8 / length_cm, 1), least(to_cm::float8 / length_cm, 1))
$$;

CREATE VIEW vigil.gap WITH (security_invoker = true) AS
SELECT w.kind, w.starts_at, x.segment_id, g.name AS street, x.grid_id, x.org_id, x.from_cm / 100.0 AS from_m,
       x.to_cm / 100.0 AS to_m, (x.to_cm - x.from_cm) / 100.0 AS length_m, x.uncovered_s / 3600.0 AS hours,
       (x.to_cm - x.from_cm) / 100.0 * x.uncovered_s / 3600.0 AS metre_hours,
       vigil.stretch(g.geom, g.length_cm, x.from_cm, x.to_cm) AS geom
FROM vigil.cover_gap x JOIN vigil.cover_week w USING (week_id) JOIN vigil.segment g USING (segment_id);

CREATE VIEW vigil.covered WITH (security_invoker = true) AS
SELECT w.kind, w.starts_at, x.layer, x.source_id, x.org_id, x.segment_id, g.name AS street, x.during,
       lower(x.cm) / 100.0 AS from_m, upper(x.cm) / 100.0 AS to_m,
       vigil.stretch(g.geom, g.length_cm, lower(x.cm), upper(x.cm)) AS geom
FROM vigil.cover_interval x JOIN vigil.cover_week w USING (week_id) JOIN vigil.segment g USING (segment_id);

CREATE VIEW vigil.lookout_sight WITH (security_invoker = true) AS
SELECT v.lookout_point_id, v.org_id, v.segment_id, g.name AS street, v.is_blocked, v.from_cm / 100.0 AS from_m,
       v.to_cm / 100.0 AS to_m, vigil.stretch(g.geom, g.length_cm, v.from_cm, v.to_cm) AS geom
FROM vigil.lookout_view v JOIN vigil.segment g USING (segment_id);

CREATE VIEW vigil.cover_hour WITH (security_invoker = true) AS
SELECT w.kind, w.starts_at + (h.hour - 1) * interval '1 hour' AS hour, t.by, t.area_id, t.org_id,
       t.length_cm / 100.0 AS length_m, h.gap / 360000.0 AS gap_m_h,
       1 - h.gap / nullif(t.length_cm * 3600.0, 0) AS share, h.gap_weight / 3600.0 AS gap_weight_h
FROM vigil.cover_tally t JOIN vigil.cover_week w USING (week_id),
     unnest(t.gap_cm_s, t.gap_weight_s) WITH ORDINALITY AS h (gap, gap_weight, hour);

-- By the days that begin with the stored weeks' own hour.
CREATE VIEW vigil.cover_day WITH (security_invoker = true) AS
SELECT w.kind, w.starts_at + d.day * interval '1 day' AS day, t.by, t.area_id, t.org_id,
       t.length_cm / 100.0 AS length_m, d.gap / 360000.0 AS gap_m_h,
       1 - d.gap / nullif(t.length_cm * 86400.0, 0) AS share
FROM vigil.cover_tally t JOIN vigil.cover_week w USING (week_id),
     LATERAL (SELECT (hour - 1) / 24 AS day, sum(gap) AS gap
              FROM unnest(t.gap_cm_s) WITH ORDINALITY AS h (gap, hour) GROUP BY (hour - 1) / 24) d;

-- What is not covered at a moment of a stored week, worked out from the intervals alone.
-- For who sees all of the city: the intervals of others would be missing.
CREATE FUNCTION vigil.gap_at(wanted text, at timestamptz)
RETURNS TABLE (segment_id bigint, from_cm integer, to_cm integer, geom geometry) LANGUAGE sql STABLE
SET search_path = pg_catalog, public, vigil AS $$
    SELECT s.segment_id, lower(gap), upper(gap), vigil.stretch(s.geom, s.length_cm, lower(gap), upper(gap))
    FROM vigil.cover_week w, vigil.cover_street s,
         LATERAL (SELECT int4multirange(int4range(0, s.length_cm)) - coalesce(range_agg(x.cm), '{}') AS left_over
                  FROM vigil.cover_interval x
                  WHERE x.week_id = w.week_id AND x.segment_id = s.segment_id AND x.during @> at) c,
         LATERAL unnest(c.left_over) AS gap
    WHERE w.kind = wanted AND at >= w.starts_at AND at < w.starts_at + interval '7 days'
$$;
REVOKE ALL ON FUNCTION vigil.gap_at(text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.gap_at(text, timestamptz) TO vigil_engine;

-- ------------------------------------------------------------------ telling

-- Wakes whoever keeps what coverage is counted on: every process looks again.
CREATE FUNCTION vigil.cover_tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NOTIFY vigil_cover;
    RETURN NULL;
END $$;
CREATE TRIGGER cover_tell AFTER INSERT OR UPDATE OR DELETE ON vigil.cover_class
    FOR EACH STATEMENT EXECUTE FUNCTION vigil.cover_tell();
CREATE TRIGGER cover_tell AFTER INSERT OR UPDATE OR DELETE ON vigil.lookout_point
    FOR EACH STATEMENT EXECUTE FUNCTION vigil.cover_tell();
CREATE TRIGGER cover_tell AFTER INSERT OR UPDATE OR DELETE ON vigil.grid
    FOR EACH STATEMENT EXECUTE FUNCTION vigil.cover_tell();
CREATE TRIGGER cover_tell AFTER INSERT OR UPDATE OR DELETE ON vigil.station
    FOR EACH STATEMENT EXECUTE FUNCTION vigil.cover_tell();
CREATE TRIGGER cover_tell AFTER INSERT OR UPDATE OR DELETE ON vigil.org
    FOR EACH STATEMENT EXECUTE FUNCTION vigil.cover_tell();

-- ------------------------------------------------------------------ walls

DO $$
DECLARE
    wanted text;
    ours constant text := 'org_id IN (SELECT org_id FROM vigil.org_reach WHERE ancestor_id = vigil.scope_org())';
BEGIN
    FOREACH wanted IN ARRAY ARRAY['lookout_seen', 'lookout_view', 'cover_interval', 'cover_tally', 'cover_gap', 'job'] LOOP
        EXECUTE format('ALTER TABLE vigil.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', wanted);
        EXECUTE format('CREATE POLICY app ON vigil.%I TO vigil_app USING (%s) WITH CHECK (%s)', wanted, ours, ours);
        EXECUTE format('CREATE POLICY engine ON vigil.%I TO vigil_engine USING (true) WITH CHECK (true)', wanted);
        EXECUTE format('GRANT SELECT ON vigil.%I TO vigil_app', wanted);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON vigil.%I TO vigil_engine', wanted);
    END LOOP;
END $$;
-- Nobody's: they tell nothing but that they are there.
GRANT SELECT ON vigil.cover_week TO vigil_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON vigil.cover_week TO vigil_engine;
GRANT INSERT, UPDATE (state, cancel_at, finished_at) ON vigil.job TO vigil_app;
GRANT USAGE ON SEQUENCE vigil.job_runner TO vigil_engine;
GRANT SELECT ON vigil.cover_street, vigil.gap, vigil.covered, vigil.lookout_sight, vigil.cover_hour, vigil.cover_day
    TO vigil_app, vigil_engine;

-- Nobody's: the city's streets are all of theirs. Who acts for the whole of it says what counts.
ALTER TABLE vigil.cover_class ENABLE ROW LEVEL SECURITY;
ALTER TABLE vigil.cover_class FORCE ROW LEVEL SECURITY;
CREATE POLICY known ON vigil.cover_class FOR SELECT USING (true);
CREATE POLICY owned ON vigil.cover_class TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY app ON vigil.cover_class FOR UPDATE TO vigil_app USING (true) WITH CHECK (vigil.scope_org() = 1);
CREATE POLICY engine ON vigil.cover_class TO vigil_engine USING (true) WITH CHECK (true);
GRANT SELECT, UPDATE (counts, window_s) ON vigil.cover_class TO vigil_app, vigil_engine;

ALTER FUNCTION vigil.job_open_count() OWNER TO vigil_engine;
