-- What a metre of street weighs: hot spots, which planners draw, and versions of weights,
-- which a job works out of incidents, points of interest and hot spots.

CREATE TABLE vigil.hot_spot (
    hot_spot_id bigint PRIMARY KEY CHECK (hot_spot_id BETWEEN 1 AND 9007199254740991),
    org_id      bigint NOT NULL REFERENCES vigil.org,
    code        text NOT NULL CHECK (octet_length(code) BETWEEN 1 AND 40),
    name        text NOT NULL CHECK (octet_length(name) BETWEEN 1 AND 200),
    geom        geometry(MultiPolygon, 4326) NOT NULL CHECK (ST_IsValid(geom)),
    version     integer NOT NULL DEFAULT 1,
    valid_from  timestamptz NOT NULL DEFAULT now(),
    valid_to    timestamptz
);
CREATE UNIQUE INDEX hot_spot_code ON vigil.hot_spot (code) WHERE valid_to IS NULL;
CREATE INDEX hot_spot_org ON vigil.hot_spot (org_id, hot_spot_id) WHERE valid_to IS NULL;
CREATE INDEX hot_spot_geom ON vigil.hot_spot USING gist (geom) WHERE valid_to IS NULL;

-- A version never changes once it is made, so that two days can be compared by it. At most
-- one is in use; without one every metre weighs the same.
CREATE TABLE vigil.weight_version (
    weight_version_id bigint PRIMARY KEY CHECK (weight_version_id BETWEEN 1 AND 9007199254740991),
    made_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    import_id      bigint NOT NULL REFERENCES vigil.import,
    rule           jsonb NOT NULL CHECK (octet_length(rule::text) <= 2000),
    incident_count integer NOT NULL,
    point_count    integer NOT NULL,
    hot_spot_count integer NOT NULL,
    rest           integer NOT NULL CHECK (rest BETWEEN 0 AND 1000000), -- of every other metre, in thousandths
    in_use         boolean NOT NULL DEFAULT false
);
CREATE UNIQUE INDEX weight_version_in_use ON vigil.weight_version ((true)) WHERE in_use;

-- What weighs more, or less, than the rest.
CREATE TABLE vigil.weight_piece (
    weight_version_id bigint NOT NULL REFERENCES vigil.weight_version ON DELETE CASCADE,
    segment_id bigint NOT NULL,
    from_cm    integer NOT NULL CHECK (from_cm >= 0),
    to_cm      integer NOT NULL CHECK (to_cm > from_cm),
    weight     integer NOT NULL CHECK (weight BETWEEN 0 AND 1000000), -- thousandths a metre
    PRIMARY KEY (weight_version_id, segment_id, from_cm)
);

CREATE TRIGGER cover_tell AFTER INSERT OR UPDATE OR DELETE ON vigil.hot_spot
    FOR EACH STATEMENT EXECUTE FUNCTION vigil.cover_tell();
CREATE TRIGGER cover_tell AFTER UPDATE ON vigil.weight_version
    FOR EACH STATEMENT EXECUTE FUNCTION vigil.cover_tell();

-- ------------------------------------------------------------------ walls

ALTER TABLE vigil.hot_spot ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY engine ON vigil.hot_spot TO vigil_engine USING (true) WITH CHECK (true);
CREATE POLICY app ON vigil.hot_spot TO vigil_app USING (vigil.in_scope(org_id)) WITH CHECK (vigil.in_scope(org_id));
GRANT SELECT, INSERT, UPDATE ON vigil.hot_spot TO vigil_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON vigil.hot_spot TO vigil_engine;

-- Nobody's: what the city's streets weigh. Who acts for the whole of it says by which version.
GRANT SELECT ON vigil.weight_version, vigil.weight_piece TO vigil_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON vigil.weight_version, vigil.weight_piece TO vigil_engine;
ALTER TABLE vigil.weight_version ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY known ON vigil.weight_version FOR SELECT USING (true);
CREATE POLICY app ON vigil.weight_version FOR UPDATE TO vigil_app USING (true) WITH CHECK (vigil.scope_org() = 1);
CREATE POLICY engine ON vigil.weight_version TO vigil_engine USING (true) WITH CHECK (true);
GRANT UPDATE (in_use) ON vigil.weight_version TO vigil_app;
