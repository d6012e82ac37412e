-- The organisation tree, whose rows are whose, and the two roles that stand behind
-- row level security. Every later table that belongs to an organisation carries its
-- org_id; everything belongs to some organisation, the city itself at the least.

-- vigil_app serves requests: it sees what the scope of its transaction lets it see.
-- vigil_engine is the city's own housekeeping: loading the live index, following
-- events, loading data from the command line. Neither may log in, own a table or
-- pass row level security by; programs SET ROLE to them. Roles belong to the whole
-- cluster, and two databases may be migrated at one time.
DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['vigil_app', 'vigil_engine'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOBYPASSRLS', wanted);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL; -- another database's migration was quicker
            END;
        END IF;
    END LOOP;
END $$;

CREATE TABLE vigil.org (
    org_id     bigint PRIMARY KEY,
    parent_id  bigint REFERENCES vigil.org,
    kind       text NOT NULL
        CHECK (kind IN ('city', 'county', 'township', 'village', 'sector', 'firm')),
    code       text NOT NULL,           -- GB/T 2260 for administrative divisions, else the city's own
    name       text NOT NULL CHECK (octet_length(name) BETWEEN 1 AND 200),
    area       geometry(MultiPolygon, 4326) CHECK (ST_IsValid(area)), -- null: not drawn
    version    integer NOT NULL DEFAULT 1,
    valid_from timestamptz NOT NULL DEFAULT now(),
    valid_to   timestamptz,
    CHECK ((parent_id IS NULL) = (org_id = 1))
);
CREATE UNIQUE INDEX org_code ON vigil.org (code) WHERE valid_to IS NULL;
CREATE INDEX org_parent ON vigil.org (parent_id);

-- Who is above whom, oneself included: what scope means. Kept by triggers.
CREATE TABLE vigil.org_reach (
    ancestor_id bigint NOT NULL REFERENCES vigil.org,
    org_id      bigint NOT NULL REFERENCES vigil.org,
    depth       integer NOT NULL,       -- 0: itself
    PRIMARY KEY (ancestor_id, org_id)
);
CREATE INDEX org_reach_up ON vigil.org_reach (org_id, ancestor_id);

-- Moving a branch below itself would cut it off from the city.
CREATE FUNCTION vigil.org_placed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, vigil AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO vigil.org_reach (ancestor_id, org_id, depth)
        SELECT ancestor_id, NEW.org_id, depth + 1 FROM vigil.org_reach WHERE org_id = NEW.parent_id
        UNION ALL SELECT NEW.org_id, NEW.org_id, 0;
        RETURN NEW;
    END IF;
    IF EXISTS (SELECT FROM vigil.org_reach
               WHERE ancestor_id = NEW.org_id AND org_id = NEW.parent_id) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'org_no_loop',
            MESSAGE = 'an organisation cannot stand below itself';
    END IF;
    DELETE FROM vigil.org_reach r
    USING vigil.org_reach below, vigil.org_reach above
    WHERE below.ancestor_id = NEW.org_id AND above.org_id = NEW.org_id AND above.depth > 0
      AND r.ancestor_id = above.ancestor_id AND r.org_id = below.org_id;
    INSERT INTO vigil.org_reach (ancestor_id, org_id, depth)
    SELECT above.ancestor_id, below.org_id, above.depth + 1 + below.depth
    FROM vigil.org_reach above, vigil.org_reach below
    WHERE above.org_id = NEW.parent_id AND below.ancestor_id = NEW.org_id;
    RETURN NEW;
END $$;
CREATE TRIGGER org_added AFTER INSERT ON vigil.org
    FOR EACH ROW EXECUTE FUNCTION vigil.org_placed();
CREATE TRIGGER org_moved AFTER UPDATE OF parent_id ON vigil.org
    FOR EACH ROW WHEN (OLD.parent_id IS DISTINCT FROM NEW.parent_id)
    EXECUTE FUNCTION vigil.org_placed();

-- The city itself: the root that everything stands under, for ever number 1.
INSERT INTO vigil.org (org_id, kind, code, name)
VALUES (1, 'city', 'CITY', coalesce((SELECT city_name FROM vigil.import WHERE current), 'City'));

-- The scope of a transaction: the organisation whose subtree the caller may see and
-- change, and who she is. Unset means none: then nothing is visible.
CREATE FUNCTION vigil.scope_org() RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT nullif(current_setting('vigil.org', true), '')::bigint
$$;
CREATE FUNCTION vigil.scope_person() RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT nullif(current_setting('vigil.person', true), '')::bigint
$$;

ALTER TABLE vigil.station ADD COLUMN org_id bigint NOT NULL DEFAULT 1 REFERENCES vigil.org;
ALTER TABLE vigil.lookout_point ADD COLUMN org_id bigint NOT NULL DEFAULT 1 REFERENCES vigil.org;
ALTER TABLE vigil.grid ADD COLUMN org_id bigint NOT NULL DEFAULT 1 REFERENCES vigil.org;
CREATE INDEX station_org ON vigil.station (org_id);
CREATE INDEX lookout_point_org ON vigil.lookout_point (org_id);
CREATE INDEX grid_org ON vigil.grid (org_id);

-- A person's home organisation; the others she belongs to are memberships.
ALTER TABLE vigil.person ADD COLUMN org_id bigint NOT NULL DEFAULT 1 REFERENCES vigil.org;
CREATE INDEX person_org ON vigil.person (org_id, person_id) WHERE valid_to IS NULL;

-- Who a token is for, beside what it may do.
UPDATE vigil.token SET org_id = 1 WHERE org_id IS NULL;
ALTER TABLE vigil.token
    ALTER COLUMN org_id SET NOT NULL,
    ALTER COLUMN org_id SET DEFAULT 1,
    ADD FOREIGN KEY (org_id) REFERENCES vigil.org,
    ADD COLUMN person_id bigint REFERENCES vigil.person;
