-- What a patrol is proven to have walked: from the tracks of those who went come stretches
-- of streets with the time of each, and no place that a phone sent. They outlive the
-- positions and are kept for a time of their own.

-- From when to when a patrol was under way; and that somebody wants it proven (again).
ALTER TABLE vigil.claim ADD COLUMN started_at timestamptz, ADD COLUMN ended_at timestamptz,
    ADD COLUMN proof_wanted boolean NOT NULL DEFAULT false;
GRANT UPDATE (proof_wanted) ON vigil.claim TO vigil_app, vigil_engine;

CREATE FUNCTION vigil.claim_dated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = 'started' THEN
        NEW.started_at := coalesce(OLD.started_at, clock_timestamp());
    ELSIF NEW.state IN ('finished', 'abandoned') THEN
        NEW.ended_at := least(clock_timestamp(), upper(NEW.during) + interval '15 minutes');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER claim_dated BEFORE UPDATE ON vigil.claim
    FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION vigil.claim_dated();
-- Those that are finished already: their day says when.
UPDATE vigil.claim SET started_at = lower(during), ended_at = upper(during)
WHERE state IN ('finished', 'verified', 'credited');
CREATE INDEX claim_to_prove ON vigil.claim (ended_at) WHERE state = 'finished' OR proof_wanted;

-- Where a squad has to come by on its beat (必到点), and for how long it is to stay.
CREATE TABLE vigil.beat_checkpoint (
    beat_id    bigint NOT NULL REFERENCES vigil.beat,
    position   integer NOT NULL CHECK (position >= 1),
    org_id     bigint NOT NULL REFERENCES vigil.org,
    name       text NOT NULL CHECK (octet_length(name) BETWEEN 1 AND 200),
    segment_id bigint NOT NULL REFERENCES vigil.segment,
    at_cm      integer NOT NULL CHECK (at_cm >= 0),
    stay_s     integer NOT NULL DEFAULT 0 CHECK (stay_s BETWEEN 0 AND 3600),
    PRIMARY KEY (beat_id, position)
);

-- ------------------------------------------------------------------ what is proven

-- One row a claim: how much of its beat, each metre once.
CREATE TABLE vigil.proof (
    claim_id     bigint PRIMARY KEY REFERENCES vigil.claim,
    org_id       bigint NOT NULL REFERENCES vigil.org, -- the claim's
    squad_org_id bigint NOT NULL REFERENCES vigil.org,
    beat_cm      bigint NOT NULL CHECK (beat_cm > 0),  -- of its streets, each once
    walked_cm    bigint NOT NULL CHECK (walked_cm BETWEEN 0 AND beat_cm),
    beside_cm    bigint NOT NULL CHECK (beside_cm >= 0),   -- of other streets
    unknown_s    bigint NOT NULL CHECK (unknown_s >= 0),   -- of which the tracks do not tell enough
    checkpoints  jsonb NOT NULL DEFAULT '[]',          -- [{position, name, reached_at, stayed_s}]
    made_at      timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- What became of the track of each who went. `marks` are hashes of its places in a row, of
-- which none can be told: whoever sends a track again is known by them.
CREATE TABLE vigil.proof_track (
    claim_id     bigint NOT NULL REFERENCES vigil.claim,
    signup_id    bigint NOT NULL REFERENCES vigil.signup,
    person_id    bigint NOT NULL REFERENCES vigil.person,
    org_id       bigint NOT NULL REFERENCES vigil.org,
    squad_org_id bigint NOT NULL REFERENCES vigil.org,
    verdict      text NOT NULL CHECK (verdict IN ('proven', 'refused', 'nothing')),
    reason       text CHECK (reason ~ '^[a-z_]{1,40}$'), -- a word of geo/base/fail_codes.h
    like_claim   bigint,                       -- whose track it repeats
    from_at      timestamptz NOT NULL,
    until_at     timestamptz NOT NULL,
    fixes        integer NOT NULL CHECK (fixes >= 0),
    jumps        integer NOT NULL CHECK (jumps >= 0),      -- of them left out
    walked_cm    bigint NOT NULL CHECK (walked_cm >= 0),   -- of the beat, each metre once
    ridden_cm    bigint NOT NULL CHECK (ridden_cm >= 0),
    unknown_s    bigint NOT NULL CHECK (unknown_s >= 0),
    marks        bigint[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (claim_id, signup_id),
    CHECK ((verdict = 'proven') = (reason IS NULL))
);
CREATE INDEX proof_track_marks ON vigil.proof_track USING gin (marks);
CREATE INDEX proof_track_person ON vigil.proof_track (person_id);

-- Every passage of a stretch of a street by one person, once for each time she came by.
CREATE TABLE vigil.proven (
    claim_id     bigint NOT NULL REFERENCES vigil.claim,
    org_id       bigint NOT NULL,          -- the claim's
    squad_org_id bigint NOT NULL,
    person_id    bigint REFERENCES vigil.person, -- null: of somebody who is not to be known any more
    segment_id   bigint NOT NULL REFERENCES vigil.segment,
    from_cm      integer NOT NULL CHECK (from_cm >= 0),
    to_cm        integer NOT NULL CHECK (to_cm > from_cm),
    in_at        timestamptz NOT NULL,
    out_at       timestamptz NOT NULL CHECK (out_at >= in_at),
    -- Positions close to one another; no other way there; along a street of the beat that
    -- is beside hers.
    evidence     text NOT NULL CHECK (evidence IN ('positions', 'only_way', 'alongside')),
    planned      boolean NOT NULL          -- a street of the beat
);
CREATE INDEX proven_claim ON vigil.proven (claim_id);
CREATE INDEX proven_in ON vigil.proven (in_at);
CREATE INDEX proven_person ON vigil.proven (person_id) WHERE person_id IS NOT NULL;

-- The same on the streets of the current import: what was cut anew is found by the
-- measures along its way. For QGIS and SQL users, too.
CREATE VIEW vigil.proven_street WITH (security_invoker = true) AS
SELECT p.claim_id, p.org_id, p.person_id, n.segment_id, n.from_cm, n.to_cm, p.in_at, p.out_at, p.evidence, p.planned,
       ST_LineSubstring(n.geom, n.from_cm::float8 / n.length_cm, n.to_cm::float8 / n.length_cm) AS geom
FROM vigil.proven p
JOIN vigil.segment g USING (segment_id)
CROSS JOIN LATERAL (
    SELECT g.segment_id, least(p.from_cm, g.length_cm) AS from_cm, least(p.to_cm, g.length_cm) AS to_cm, g.length_cm, g.geom
    WHERE g.valid_to IS NULL
    UNION ALL
    SELECT s.segment_id, (greatest(g.start_cm + p.from_cm, s.start_cm) - s.start_cm)::integer,
           (least(g.start_cm + p.to_cm, s.start_cm + s.length_cm) - s.start_cm)::integer, s.length_cm, s.geom
    FROM vigil.segment s
    WHERE g.valid_to IS NOT NULL AND s.way_id = g.way_id AND s.valid_to IS NULL) n
WHERE n.to_cm > n.from_cm;

-- The streets of a beat on the current import, each with the part that belongs to it.
CREATE VIEW vigil.beat_street WITH (security_invoker = true) AS
SELECT b.beat_id, b.position, b.org_id, n.segment_id, n.from_cm, n.to_cm
FROM vigil.beat_segment b
JOIN vigil.segment g USING (segment_id)
CROSS JOIN LATERAL (
    SELECT g.segment_id, 0 AS from_cm, g.length_cm AS to_cm WHERE g.valid_to IS NULL
    UNION ALL
    SELECT s.segment_id, (greatest(g.start_cm, s.start_cm) - s.start_cm)::integer,
           (least(g.start_cm + g.length_cm, s.start_cm + s.length_cm) - s.start_cm)::integer
    FROM vigil.segment s
    WHERE g.valid_to IS NOT NULL AND s.way_id = g.way_id AND s.valid_to IS NULL) n
WHERE n.to_cm > n.from_cm;

-- Whoever reckons with what is proven is woken.
CREATE FUNCTION vigil.proof_tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('vigil_proof', NEW.claim_id::text);
    RETURN NULL;
END $$;
CREATE TRIGGER proof_tell AFTER INSERT OR UPDATE ON vigil.proof
    FOR EACH ROW EXECUTE FUNCTION vigil.proof_tell();

-- Whoever is erased, or takes back her consent, is not to be known by where she walked;
-- that a patrol walked there stays true.
CREATE FUNCTION vigil.proven_unnamed() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
BEGIN
    UPDATE vigil.proven SET person_id = NULL WHERE person_id = NEW.person_id;
    UPDATE vigil.proof_track SET marks = '{}' WHERE person_id = NEW.person_id;
    RETURN NULL;
END $$;
CREATE TRIGGER proven_unnamed AFTER UPDATE ON vigil.person
    FOR EACH ROW WHEN (OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL
                       OR OLD.location_consent AND NOT NEW.location_consent)
    EXECUTE FUNCTION vigil.proven_unnamed();
ALTER FUNCTION vigil.proven_unnamed() OWNER TO vigil_engine;

-- ------------------------------------------------------------------ walls

-- As with claims: the day's organisation, the squad's, and the squad itself; of single
-- tracks a volunteer sees her own, and a leader her squad's.
DO $$
DECLARE
    wanted text;
    ours constant text := 'org_id IN (SELECT org_id FROM vigil.org_reach WHERE ancestor_id = vigil.scope_org())';
BEGIN
    FOREACH wanted IN ARRAY ARRAY['beat_checkpoint', 'proof', 'proof_track', 'proven'] LOOP
        EXECUTE format('ALTER TABLE vigil.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', wanted);
        EXECUTE format('CREATE POLICY engine ON vigil.%I TO vigil_engine USING (true) WITH CHECK (true)', wanted);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON vigil.%I TO vigil_engine', wanted);
        EXECUTE format('CREATE POLICY app ON vigil.%I TO vigil_app USING (%s) WITH CHECK (%s)', wanted, ours, ours);
        EXECUTE format('GRANT SELECT ON vigil.%I TO vigil_app', wanted);
    END LOOP;
    FOREACH wanted IN ARRAY ARRAY['proof', 'proof_track', 'proven'] LOOP
        EXECUTE format('CREATE POLICY squad_org ON vigil.%I FOR SELECT TO vigil_app USING (squad_org_id IN '
                       '(SELECT org_id FROM vigil.org_reach WHERE ancestor_id = vigil.scope_org()))', wanted);
    END LOOP;
END $$;
GRANT INSERT ON vigil.beat_checkpoint TO vigil_app;
CREATE POLICY open ON vigil.beat_checkpoint FOR SELECT TO vigil_app
    USING (org_id IN (SELECT vigil.roster_orgs() WHERE vigil.scope_person() IS NOT NULL));
CREATE POLICY squad ON vigil.proof FOR SELECT TO vigil_app
    USING (claim_id IN (SELECT vigil.roster_claims(false) WHERE vigil.scope_person() IS NOT NULL));
CREATE POLICY squad ON vigil.proven FOR SELECT TO vigil_app
    USING (claim_id IN (SELECT vigil.roster_claims(false) WHERE vigil.scope_person() IS NOT NULL));
CREATE POLICY own ON vigil.proof_track FOR SELECT TO vigil_app
    USING (person_id = vigil.scope_person()
           OR claim_id IN (SELECT vigil.roster_claims(true) WHERE vigil.scope_person() IS NOT NULL));
GRANT SELECT ON vigil.proven_street, vigil.beat_street TO vigil_app, vigil_engine;

-- ------------------------------------------------------------------ as answers carry it

CREATE OR REPLACE FUNCTION vigil.claim_json(c vigil.claim) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT json_build_object(
    'claim_id', c.claim_id, 'day_id', c.day_id, 'org_id', c.org_id, 'squad_id', c.squad_id,
    'squad', vigil.roster_squad_name(c.squad_id), 'state', c.state, 'asked_at', vigil.rfc3339(c.asked_at),
    'fair', c.fair, 'rank', c.rank, 'place', c.place, 'waiting', vigil.claim_ahead(c), 'swap_with', c.swap_with,
    'starts_at', vigil.rfc3339(lower(c.during)), 'ends_at', vigil.rfc3339(upper(c.during)),
    'started_at', vigil.rfc3339(c.started_at), 'ended_at', vigil.rfc3339(c.ended_at),
    'people', (SELECT count(*) FROM vigil.signup u
               WHERE u.claim_id = c.claim_id AND u.state NOT IN ('no_show', 'cancelled', 'swapped')),
    'proof', (SELECT json_build_object('length_m', p.beat_cm / 100.0, 'proven_m', p.walked_cm / 100.0,
                  'share', round(p.walked_cm::numeric / p.beat_cm, 4), 'made_at', vigil.rfc3339(p.made_at))
              FROM vigil.proof p WHERE p.claim_id = c.claim_id),
    'version', c.version)::text
$$;
