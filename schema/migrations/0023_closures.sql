-- Streets that are closed or slowed for a time, and how fast streets are by the hour of
-- the week. What edges cost now follows from these rows and vigil.speed alone, so that
-- every process comes to the same, in whatever order it hears of it (engine/closures).

CREATE TABLE vigil.closure (
    closure_id bigint PRIMARY KEY CHECK (closure_id BETWEEN 1 AND 9007199254740991),
    org_id     bigint NOT NULL REFERENCES vigil.org,
    reason     text NOT NULL CHECK (octet_length(reason) BETWEEN 1 AND 300),
    modes      smallint NOT NULL CHECK (modes BETWEEN 1 AND 7), -- bits: foot, e-bike, car
    direction  text NOT NULL CHECK (direction IN ('both', 'forward', 'backward')),
    -- Neither: closed. In thousandths of the speed of the hour, or metres an hour in its place.
    factor     integer CHECK (factor BETWEEN 10 AND 5000),
    speed_mh   integer CHECK (speed_mh BETWEEN 1000 AND 150000),
    starts_at  timestamptz NOT NULL DEFAULT now(),
    ends_at    timestamptz,               -- null: until it is lifted
    area       geometry(MultiPolygon, 4326) CHECK (ST_IsValid(area)), -- of what is closed by its place
    told       text NOT NULL DEFAULT 'planned' CHECK (told IN ('planned', 'active', 'over')), -- listeners last heard
    version    integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    lifted_at  timestamptz,
    CHECK (num_nonnulls(factor, speed_mh) <= 1),
    CHECK (ends_at > starts_at),
    CHECK (area IS NULL OR direction = 'both')
);
CREATE INDEX closure_org ON vigil.closure (org_id, closure_id);
CREATE INDEX closure_open ON vigil.closure (ends_at) WHERE lifted_at IS NULL;

-- What it is about: a stretch of a way, which outlives an import that cuts the way anew.
CREATE TABLE vigil.closure_part (
    closure_id bigint NOT NULL REFERENCES vigil.closure,
    org_id     bigint NOT NULL,           -- the closure's
    way_id     bigint NOT NULL,
    from_cm    bigint NOT NULL,           -- measures along the way
    to_cm      bigint NOT NULL CHECK (to_cm > from_cm),
    sides      smallint NOT NULL CHECK (sides BETWEEN 1 AND 3) -- bits: in way direction, against it
);
CREATE INDEX closure_part_closure ON vigil.closure_part (closure_id);

-- The streets of the current import that lie on it: by more than a metre, or by half of
-- what is shorter. A street is closed as a whole.
CREATE VIEW vigil.closure_segment WITH (security_invoker = true) AS
SELECT p.closure_id, g.segment_id, bit_or(p.sides)::integer AS sides
FROM vigil.closure_part p
JOIN vigil.segment g ON g.way_id = p.way_id AND g.valid_to IS NULL
     AND least(p.to_cm, g.start_cm + g.length_cm) - greatest(p.from_cm, g.start_cm)
         > least(100, (p.to_cm - p.from_cm) / 2, g.length_cm / 2)
GROUP BY p.closure_id, g.segment_id;

-- Which part of an hour's speed is left, in thousandths, for each hour of the week from
-- Monday 0:00 on the city's clock. No row: the whole.
CREATE TABLE vigil.speed_hour (
    class   smallint NOT NULL CHECK (class BETWEEN 0 AND 12),
    mode    text NOT NULL CHECK (mode IN ('foot', 'ebike', 'car')),
    factors integer[] NOT NULL CHECK (cardinality(factors) = 168 AND 10 <= ALL (factors) AND 5000 >= ALL (factors)),
    PRIMARY KEY (class, mode)
);

-- ------------------------------------------------------------------ telling

CREATE FUNCTION vigil.closure_state(c vigil.closure) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN c.lifted_at IS NOT NULL THEN 'lifted' WHEN c.starts_at > now() THEN 'planned'
                WHEN c.ends_at <= now() THEN 'over' ELSE 'active' END
$$;

-- What has changed is told in its transaction, and wakes who prices the streets.
CREATE FUNCTION vigil.closure_tell() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    what text := 'created';
BEGIN
    IF TG_OP = 'UPDATE' THEN
        what := CASE WHEN OLD.lifted_at IS NULL AND NEW.lifted_at IS NOT NULL THEN 'lifted'
                     WHEN NEW.version <> OLD.version THEN 'changed'
                     WHEN NEW.told = 'active' THEN 'started' ELSE 'ended' END;
    END IF;
    INSERT INTO vigil.outbox (kind, org_id, data)
    VALUES ('closure', NEW.org_id, json_build_object('closure_id', NEW.closure_id, 'what', what)::text);
    NOTIFY vigil_traffic;
    RETURN NULL;
END $$;
CREATE TRIGGER closure_tell AFTER INSERT OR UPDATE ON vigil.closure
    FOR EACH ROW EXECUTE FUNCTION vigil.closure_tell();

CREATE FUNCTION vigil.traffic_tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NOTIFY vigil_traffic;
    RETURN NULL;
END $$;
CREATE TRIGGER speed_hour_tell AFTER INSERT OR UPDATE OR DELETE ON vigil.speed_hour
    FOR EACH STATEMENT EXECUTE FUNCTION vigil.traffic_tell();

-- Tells of those whose time has begun or is over, each once, whichever process comes first.
CREATE FUNCTION vigil.closure_turn() RETURNS integer LANGUAGE plpgsql
SET search_path = pg_catalog, public, vigil AS $$
DECLARE
    turned integer;
BEGIN
    UPDATE vigil.closure c SET told = vigil.closure_state(c)
    WHERE c.lifted_at IS NULL AND c.told <> 'over' AND c.told <> vigil.closure_state(c);
    GET DIAGNOSTICS turned = ROW_COUNT;
    RETURN turned;
END $$;

-- ------------------------------------------------------------------ what it is about

-- The streets in an area, also those that lead out of it: how many.
CREATE FUNCTION vigil.closure_cover(closure bigint) RETURNS integer LANGUAGE plpgsql
SET search_path = pg_catalog, public, vigil AS $$
DECLARE
    covered integer;
BEGIN
    INSERT INTO vigil.closure_part (closure_id, org_id, way_id, from_cm, to_cm, sides)
    SELECT c.closure_id, c.org_id, g.way_id, g.start_cm, g.start_cm + g.length_cm, 3
    FROM vigil.closure c
    JOIN vigil.segment g ON ST_Intersects(c.area, g.geom) AND NOT ST_Touches(c.area, g.geom)
    WHERE c.closure_id = closure AND g.valid_to IS NULL;
    GET DIAGNOSTICS covered = ROW_COUNT;
    RETURN covered;
END $$;

-- An area is about the streets that are in it now; the rest keeps to its ways.
CREATE FUNCTION vigil.closure_carry() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, vigil, pg_temp AS $$
BEGIN
    DELETE FROM vigil.closure_part p USING vigil.closure c
    WHERE p.closure_id = c.closure_id AND c.area IS NOT NULL AND c.lifted_at IS NULL;
    PERFORM vigil.closure_cover(c.closure_id) FROM vigil.closure c
    WHERE c.area IS NOT NULL AND c.lifted_at IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER closure_carry AFTER UPDATE ON vigil.import
    FOR EACH ROW WHEN (NEW.current AND NOT OLD.current) EXECUTE FUNCTION vigil.closure_carry();

-- How many are open in the city, whoever asks, and how many stretches they are about.
CREATE FUNCTION vigil.closure_count(OUT closures bigint, OUT parts bigint) LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
    SELECT count(DISTINCT c.closure_id), count(p.closure_id)
    FROM vigil.closure c LEFT JOIN vigil.closure_part p USING (closure_id)
    WHERE c.lifted_at IS NULL AND (c.ends_at IS NULL OR c.ends_at > now())
$$;

-- ------------------------------------------------------------------ as answers carry them

CREATE FUNCTION vigil.closure_json(c vigil.closure) RETURNS text LANGUAGE sql STABLE
SET search_path = pg_catalog, public, vigil AS $$
    SELECT json_build_object(
        'closure_id', c.closure_id, 'org_id', c.org_id, 'reason', c.reason,
        'modes', array_remove(ARRAY[CASE WHEN c.modes & 1 > 0 THEN 'foot' END, CASE WHEN c.modes & 2 > 0 THEN 'ebike' END,
                                    CASE WHEN c.modes & 4 > 0 THEN 'car' END], NULL),
        'direction', c.direction,
        'effect', CASE WHEN num_nonnulls(c.factor, c.speed_mh) > 0 THEN 'slowed' ELSE 'closed' END,
        'factor', c.factor / 1000.0::float8, 'speed_kmh', c.speed_mh / 1000.0::float8,
        'starts_at', vigil.rfc3339(c.starts_at), 'ends_at', vigil.rfc3339(c.ends_at),
        'state', vigil.closure_state(c), 'active', vigil.closure_state(c) = 'active',
        'area', ST_AsGeoJSON(c.area, 7)::jsonb || '{"frame": "wgs84"}',
        'segments', s.count, 'segment_ids', s.ids, 'length_m', s.length_cm / 100.0,
        'geometry', CASE WHEN s.count BETWEEN 1 AND 1000
                         THEN json_build_object('type', 'MultiLineString', 'frame', 'wgs84', 'coordinates', s.lines) END,
        'version', c.version, 'created_at', vigil.rfc3339(c.created_at), 'lifted_at', vigil.rfc3339(c.lifted_at))::text
    FROM (SELECT count(*), coalesce(sum(g.length_cm), 0) AS length_cm,
                 CASE WHEN count(*) <= 1000 THEN coalesce(array_agg(g.segment_id ORDER BY g.segment_id), '{}') END AS ids,
                 CASE WHEN count(*) <= 1000
                      THEN json_agg(ST_AsGeoJSON(g.geom, 7)::json -> 'coordinates' ORDER BY g.segment_id) END AS lines
          FROM vigil.closure_segment x JOIN vigil.segment g USING (segment_id) WHERE x.closure_id = c.closure_id) s
$$;

-- ------------------------------------------------------------------ walls

DO $$
DECLARE
    wanted text;
    ours constant text := 'org_id IN (SELECT org_id FROM vigil.org_reach WHERE ancestor_id = vigil.scope_org())';
BEGIN
    FOREACH wanted IN ARRAY ARRAY['closure', 'closure_part'] LOOP
        EXECUTE format('ALTER TABLE vigil.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', wanted);
        EXECUTE format('CREATE POLICY app ON vigil.%I TO vigil_app USING (%s) WITH CHECK (%s)', wanted, ours, ours);
        EXECUTE format('CREATE POLICY engine ON vigil.%I TO vigil_engine USING (true) WITH CHECK (true)', wanted);
        EXECUTE format('GRANT SELECT, INSERT ON vigil.%I TO vigil_app', wanted);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON vigil.%I TO vigil_engine', wanted);
    END LOOP;
END $$;
GRANT UPDATE ON vigil.closure TO vigil_app;
GRANT SELECT ON vigil.closure_segment TO vigil_app, vigil_engine;
-- Nobody's: the city's streets are all of theirs. The role of the caller decides who changes them.
GRANT SELECT, INSERT, UPDATE ON vigil.speed_hour TO vigil_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON vigil.speed_hour TO vigil_engine;

ALTER FUNCTION vigil.closure_carry() OWNER TO vigil_engine;
ALTER FUNCTION vigil.closure_count() OWNER TO vigil_engine;
