-- What is doubted of a device for longer than a fix: that it sends the frame it
-- declares, and that its clock is right. One row for each spell of it, from the fixes
-- that showed it until better ones, or somebody, put it right. A row says nothing of
-- where she was.
CREATE TABLE vigil.doubt (
    doubt_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id  bigint NOT NULL REFERENCES vigil.person ON DELETE CASCADE,
    org_id     bigint NOT NULL,        -- her home at that time
    kind       text NOT NULL CHECK (kind IN ('frame', 'clock_skew')),
    declared   text,                   -- frame: what the device declares
    likely     text,                   -- frame: what it sends, by the streets
    declared_m real,                   -- frame: from the streets in the middle of its fixes, under each
    likely_m   real,
    late_s     integer,                -- clock_skew: how far the clock is behind ours
    fixes      integer NOT NULL,       -- that showed it
    since      timestamptz NOT NULL DEFAULT clock_timestamp(),
    cleared_at timestamptz,
    cleared_by bigint,                 -- the token; null: the device's own fixes
    CHECK ((kind = 'frame') = (declared IS NOT NULL AND likely IS NOT NULL AND declared_m IS NOT NULL AND likely_m IS NOT NULL)),
    CHECK ((kind = 'clock_skew') = (late_s IS NOT NULL)),
    CHECK (cleared_by IS NULL OR cleared_at IS NOT NULL)
);
-- Told of once, however many processes find it out.
CREATE UNIQUE INDEX doubt_open ON vigil.doubt (person_id, kind) WHERE cleared_at IS NULL;

ALTER TABLE vigil.doubt ENABLE ROW LEVEL SECURITY;
ALTER TABLE vigil.doubt FORCE ROW LEVEL SECURITY;
CREATE POLICY app ON vigil.doubt TO vigil_app
    USING (EXISTS (SELECT FROM vigil.person_reach r
                   WHERE r.ancestor_id = (SELECT vigil.scope_org()) AND r.person_id = doubt.person_id))
    WITH CHECK (EXISTS (SELECT FROM vigil.person_reach r
                        WHERE r.ancestor_id = (SELECT vigil.scope_org()) AND r.person_id = doubt.person_id));
CREATE POLICY engine ON vigil.doubt TO vigil_engine USING (true) WITH CHECK (true);
GRANT SELECT, UPDATE (cleared_at, cleared_by) ON vigil.doubt TO vigil_app, vigil_engine;
GRANT INSERT, DELETE ON vigil.doubt TO vigil_engine;

-- They go with all else that is hers.
CREATE FUNCTION vigil.doubt_erased() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
BEGIN
    DELETE FROM vigil.doubt WHERE person_id = NEW.person_id;
    RETURN NULL;
END $$;
CREATE TRIGGER doubt_erased AFTER UPDATE ON vigil.person
    FOR EACH ROW WHEN (OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL)
    EXECUTE FUNCTION vigil.doubt_erased();
ALTER FUNCTION vigil.doubt_erased() OWNER TO vigil_engine;
