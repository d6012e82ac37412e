-- What stands around the organisation tree: who changed it, mutual aid between
-- neighbours, partner firms with their sites, and squads.

-- One row, counted up by every change of the tree and of the mutual aid rules: the
-- engine loads its picture anew when it has changed. Whoever changes the tree holds
-- the row until her transaction ends, so that changes come one after another: two
-- moves at one time, each right by itself, could make a loop.
CREATE TABLE vigil.org_tree (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    version  bigint NOT NULL DEFAULT 1
);
INSERT INTO vigil.org_tree DEFAULT VALUES;

CREATE FUNCTION vigil.org_tree_changed() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, vigil AS $$
BEGIN
    UPDATE vigil.org_tree SET version = version + 1;
    RETURN NULL;
END $$;
CREATE TRIGGER org_tree_changed BEFORE INSERT OR UPDATE OR DELETE ON vigil.org
    FOR EACH STATEMENT EXECUTE FUNCTION vigil.org_tree_changed();

-- Mutual aid: people of the lender who stand within the reach of the borrower's area
-- (metres, straight line) may be offered to whoever acts for the borrower. It holds
-- for everyone at or below the two.
CREATE TABLE vigil.mutual_aid (
    rule_id     bigint PRIMARY KEY CHECK (rule_id BETWEEN 1 AND 9007199254740991),
    lender_id   bigint NOT NULL REFERENCES vigil.org,
    borrower_id bigint NOT NULL REFERENCES vigil.org,
    reach_m     integer NOT NULL CHECK (reach_m BETWEEN 0 AND 50000),
    version     integer NOT NULL DEFAULT 1,
    valid_from  timestamptz NOT NULL DEFAULT now(),
    valid_to    timestamptz,
    CONSTRAINT mutual_aid_of_two CHECK (lender_id <> borrower_id)
);
CREATE UNIQUE INDEX mutual_aid_once ON vigil.mutual_aid (lender_id, borrower_id) WHERE valid_to IS NULL;
CREATE INDEX mutual_aid_borrower ON vigil.mutual_aid (borrower_id);
CREATE TRIGGER org_tree_changed BEFORE INSERT OR UPDATE OR DELETE ON vigil.mutual_aid
    FOR EACH STATEMENT EXECUTE FUNCTION vigil.org_tree_changed();

-- How an organisation is reached, and of a partner firm what it does.
ALTER TABLE vigil.org
    ADD COLUMN trade text NOT NULL DEFAULT ''
        CHECK (trade IN ('', 'shop', 'restaurant', 'hotel', 'bank', 'school', 'hospital', 'factory',
                         'logistics', 'property', 'security', 'transport', 'entertainment', 'other')),
    ADD COLUMN address text NOT NULL DEFAULT '' CHECK (octet_length(address) <= 300),
    ADD COLUMN duty_phone text NOT NULL DEFAULT '' CHECK (octet_length(duty_phone) <= 40), -- of its desk, not of a person
    ADD COLUMN credit_code text NOT NULL DEFAULT '' CHECK (octet_length(credit_code) <= 18), -- GB 32100
    ADD CONSTRAINT org_trade_of_firm CHECK (trade = '' OR kind = 'firm'),
    ADD CONSTRAINT org_id_range CHECK (org_id BETWEEN 1 AND 9007199254740991);
CREATE INDEX org_words ON vigil.org
    USING gin (vigil.fold(name || ' ' || code) gin_trgm_ops) WHERE valid_to IS NULL;

-- Where a firm is: a shop, a gate, an office.
CREATE TABLE vigil.site (
    site_id      bigint PRIMARY KEY CHECK (site_id BETWEEN 1 AND 9007199254740991),
    org_id       bigint NOT NULL REFERENCES vigil.org,
    code         text NOT NULL CHECK (octet_length(code) BETWEEN 1 AND 40),
    name         text NOT NULL CHECK (octet_length(name) BETWEEN 1 AND 200),
    kind         text NOT NULL DEFAULT 'other'
        CHECK (kind IN ('shop', 'office', 'gate', 'warehouse', 'car_park', 'other')),
    address      text NOT NULL DEFAULT '' CHECK (octet_length(address) <= 300),
    camera_count integer NOT NULL DEFAULT 0 CHECK (camera_count BETWEEN 0 AND 10000),
    geom         geometry(Point, 4326) NOT NULL CHECK (ST_IsValid(geom)),
    version      integer NOT NULL DEFAULT 1,
    valid_from   timestamptz NOT NULL DEFAULT now(),
    valid_to     timestamptz
);
CREATE UNIQUE INDEX site_code ON vigil.site (code) WHERE valid_to IS NULL;
CREATE INDEX site_org ON vigil.site (org_id, site_id) WHERE valid_to IS NULL;
CREATE INDEX site_geom ON vigil.site USING gist (geom) WHERE valid_to IS NULL;

-- Those who go together: a squad of volunteers, the crew of a bus or taxi, a firm's
-- own team.
CREATE TABLE vigil.squad (
    squad_id      bigint PRIMARY KEY CHECK (squad_id BETWEEN 1 AND 9007199254740991),
    org_id        bigint NOT NULL REFERENCES vigil.org,
    kind          text NOT NULL CHECK (kind IN ('squad', 'crew', 'firm_team')),
    code          text NOT NULL CHECK (octet_length(code) BETWEEN 1 AND 40),
    name          text NOT NULL CHECK (octet_length(name) BETWEEN 1 AND 200),
    mode          text NOT NULL DEFAULT 'foot' CHECK (mode IN ('foot', 'ebike', 'car', 'bus', 'taxi')),
    line          text NOT NULL DEFAULT '' CHECK (octet_length(line) <= 40), -- that a bus runs on
    plate         text NOT NULL DEFAULT '' CHECK (octet_length(plate) <= 40),
    station_id    bigint REFERENCES vigil.station,          -- where it starts from
    equipment     jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(equipment) = 'array'), -- [{item, count}]
    insurer       text NOT NULL DEFAULT '' CHECK (octet_length(insurer) <= 200),
    policy        text NOT NULL DEFAULT '' CHECK (octet_length(policy) <= 40), -- its number
    insured_until date,
    version       integer NOT NULL DEFAULT 1,
    valid_from    timestamptz NOT NULL DEFAULT now(),
    valid_to      timestamptz,
    CONSTRAINT squad_line_of_bus CHECK ((mode = 'bus') = (line <> ''))
);
CREATE UNIQUE INDEX squad_code ON vigil.squad (org_id, code) WHERE valid_to IS NULL;
CREATE INDEX squad_org ON vigil.squad (org_id, squad_id) WHERE valid_to IS NULL;

CREATE TABLE vigil.squad_member (
    member_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    squad_id   bigint NOT NULL REFERENCES vigil.squad,
    person_id  bigint NOT NULL REFERENCES vigil.person ON DELETE CASCADE,
    org_id     bigint NOT NULL REFERENCES vigil.org, -- the squad's
    role       text NOT NULL DEFAULT 'member' CHECK (role IN ('leader', 'member', 'driver')),
    valid_from timestamptz NOT NULL DEFAULT now(),
    valid_to   timestamptz
);
CREATE UNIQUE INDEX squad_member_once ON vigil.squad_member (squad_id, person_id) WHERE valid_to IS NULL;
CREATE INDEX squad_member_person ON vigil.squad_member (person_id);
CREATE FUNCTION vigil.squad_moved() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, vigil AS $$
BEGIN
    UPDATE vigil.squad_member SET org_id = NEW.org_id WHERE squad_id = NEW.squad_id;
    RETURN NULL;
END $$;
CREATE TRIGGER squad_moved AFTER UPDATE OF org_id ON vigil.squad
    FOR EACH ROW WHEN (OLD.org_id IS DISTINCT FROM NEW.org_id)
    EXECUTE FUNCTION vigil.squad_moved();

ALTER FUNCTION vigil.org_tree_changed() OWNER TO vigil_engine;
ALTER FUNCTION vigil.squad_moved() OWNER TO vigil_engine;
GRANT SELECT ON vigil.org_tree TO vigil_app;
GRANT SELECT, UPDATE ON vigil.org_tree TO vigil_engine;

-- ------------------------------------------------------------------ who sees what

-- Of an organisation's rows those see and change something who act for it or for one
-- above it.
DO $$
DECLARE
    wanted text;
    ours   text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['site', 'squad', 'squad_member', 'mutual_aid'] LOOP
        EXECUTE format('ALTER TABLE vigil.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', wanted);
        EXECUTE format('CREATE POLICY engine ON vigil.%I TO vigil_engine USING (true) WITH CHECK (true)', wanted);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE ON vigil.%I TO vigil_app', wanted);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON vigil.%I TO vigil_engine', wanted);
    END LOOP;
    FOREACH wanted IN ARRAY ARRAY['site', 'squad', 'squad_member'] LOOP
        ours := format('EXISTS (SELECT FROM vigil.org_reach r'
                       ' WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = %I.org_id)', wanted);
        EXECUTE format('CREATE POLICY app ON vigil.%I TO vigil_app USING (%s) WITH CHECK (%s)', wanted, ours, ours);
    END LOOP;
END $$;

-- Whether an organisation stands at or below the one that the caller acts for.
CREATE FUNCTION vigil.in_scope(wanted bigint) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = wanted)
$$;

-- A mutual aid rule is seen from both sides, and made where both are in scope.
CREATE POLICY app_sees ON vigil.mutual_aid FOR SELECT TO vigil_app
    USING (vigil.in_scope(lender_id) OR vigil.in_scope(borrower_id));
CREATE POLICY app_makes ON vigil.mutual_aid FOR INSERT TO vigil_app
    WITH CHECK (vigil.in_scope(lender_id) AND vigil.in_scope(borrower_id));
CREATE POLICY app_changes ON vigil.mutual_aid FOR UPDATE TO vigil_app
    USING (vigil.in_scope(lender_id) AND vigil.in_scope(borrower_id));

-- ------------------------------------------------------------------ made-up cities

-- What of a made-up city has been made, so that it can be gone on with and is not made
-- twice.
CREATE TABLE vigil.pretended (
    what    text PRIMARY KEY,
    made_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT ON vigil.pretended TO vigil_engine;
