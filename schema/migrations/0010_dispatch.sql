-- Incidents, who was sent to them, and a timeline that nobody can rewrite.
--
-- Whoever changes an incident or its dispatches locks the incident first
-- (vigil.incident_lock), then people in ascending order: so no two can wait for each
-- other. What is derived (stage, stamps T2 to T5, the times a person was taken, the
-- timeline of a dispatch) is derived here, by triggers, so that no way of writing can
-- forget it. Functions are written in plpgsql where they are called often: it keeps the
-- plans of its statements, while a function in SQL is planned in every statement.

-- What can happen, as the city defines it. A type that volunteers may not be sent to
-- is a gate that no order passes.
CREATE TABLE vigil.incident_type (
    type              text PRIMARY KEY CHECK (type ~ '^[a-z][a-z0-9_]{0,39}$'),
    name_zh           text NOT NULL CHECK (octet_length(name_zh) BETWEEN 1 AND 100),
    name_en           text NOT NULL CHECK (octet_length(name_en) BETWEEN 1 AND 100),
    priority          smallint NOT NULL DEFAULT 2 CHECK (priority BETWEEN 1 AND 3),
    volunteer_allowed boolean NOT NULL DEFAULT false,
    min_age           smallint NOT NULL DEFAULT 18 CHECK (min_age BETWEEN 0 AND 120),
    version           integer NOT NULL DEFAULT 1,
    valid_from        timestamptz NOT NULL DEFAULT now(),
    valid_to          timestamptz
);
INSERT INTO vigil.incident_type (type, name_zh, name_en, priority, volunteer_allowed) VALUES
    ('crowd',          '人群聚集',   'Crowd',                    2, true),
    ('dispute',        '纠纷',       'Dispute',                  3, true),
    ('explosive',      '涉爆',       'Explosive',                1, false),
    ('fire',           '火情',       'Fire',                     1, true),
    ('hazard',         '安全隐患',   'Hazard',                   3, true),
    ('help',           '群众求助',   'Help wanted',              3, true),
    ('knife',          '持刀',       'Person with a knife',      1, false),
    ('lost_person',    '人员走失',   'Missing person',           2, true),
    ('medical',        '急病救助',   'Medical emergency',        1, true),
    ('other',          '其他',       'Other',                    3, true),
    ('sos',            '志愿者求救', 'Volunteer calls for help', 1, true),
    ('suspicious',     '可疑情况',   'Something suspicious',     2, true),
    ('theft',          '盗窃',       'Theft',                    2, true),
    ('traffic',        '交通事故',   'Traffic accident',         2, true),
    ('violence',       '暴力伤害',   'Violence',                 1, false),
    ('water_accident', '溺水',       'Water accident',           1, true);

CREATE TABLE vigil.incident (
    incident_id    bigint PRIMARY KEY CHECK (incident_id BETWEEN 1 AND 9007199254740991),
    version        integer NOT NULL DEFAULT 1, -- of what people write; not of what is derived
    org_id         bigint NOT NULL REFERENCES vigil.org,
    firm_id        bigint REFERENCES vigil.org, -- the partner that opened it
    type           text NOT NULL REFERENCES vigil.incident_type,
    priority       smallint NOT NULL CHECK (priority BETWEEN 1 AND 3),
    state          text NOT NULL DEFAULT 'reported' CHECK (state IN
        ('reported', 'verified', 'open', 'handled', 'feedback', 'closed', 'cancelled', 'merged',
         'transferred', 'reopened')),
    stage          text CHECK (stage IN ('assigned', 'enroute', 'on_scene')), -- derived
    geom           geometry(Point, 4326) NOT NULL,
    address        text NOT NULL DEFAULT '' CHECK (octet_length(address) <= 400),
    grid_id        bigint,
    note           text NOT NULL DEFAULT '' CHECK (octet_length(note) <= 4000),
    reporter_phone bytea,                       -- sealed by the application
    disposition    text CHECK (octet_length(disposition) BETWEEN 1 AND 1000),
    merged_into    bigint REFERENCES vigil.incident,
    by_token_id    bigint,
    state_since    timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- The eight stamps: reported, opened, dispatched, accepted, on the way, arrived,
    -- handled, closed. The first time counts.
    t0             timestamptz NOT NULL DEFAULT clock_timestamp(),
    t1             timestamptz,
    t2             timestamptz,
    t3             timestamptz,
    t4             timestamptz,
    t5             timestamptz,
    t6             timestamptz,
    t7             timestamptz,
    CHECK ((state = 'merged') = (merged_into IS NOT NULL)),
    CHECK (state <> 'closed' OR disposition IS NOT NULL)
) WITH (fillfactor = 70);
CREATE INDEX incident_living ON vigil.incident (incident_id)
    WHERE state NOT IN ('closed', 'cancelled', 'merged');
CREATE INDEX incident_ended ON vigil.incident (state_since)
    WHERE state IN ('closed', 'cancelled', 'merged');
CREATE INDEX incident_firm ON vigil.incident (firm_id, incident_id) WHERE firm_id IS NOT NULL;

-- Everything that happened to an incident, in order. Rows are added, never changed.
CREATE TABLE vigil.incident_event (
    event_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    incident_id  bigint NOT NULL REFERENCES vigil.incident,
    at           timestamptz NOT NULL DEFAULT clock_timestamp(),
    kind         text NOT NULL CHECK (kind ~ '^[a-z_]{1,40}$'),
    dispatch_id  bigint,
    person_id    bigint,     -- whom it happened to
    by_token_id  bigint,     -- who did it
    by_person_id bigint,
    how          text NOT NULL DEFAULT 'staff'
        CHECK (how IN ('herself', 'staff', 'partner', 'timer', 'geofence')),
    detail       jsonb
);
CREATE INDEX incident_event_of ON vigil.incident_event (incident_id, event_id);

CREATE FUNCTION vigil.incident_event_kept() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'restrict_violation',
        MESSAGE = 'the timeline of an incident is only ever added to';
END $$;
CREATE TRIGGER incident_event_kept BEFORE UPDATE OR DELETE ON vigil.incident_event
    FOR EACH ROW EXECUTE FUNCTION vigil.incident_event_kept();
CREATE TRIGGER incident_event_not_emptied BEFORE TRUNCATE ON vigil.incident_event
    FOR EACH STATEMENT EXECUTE FUNCTION vigil.incident_event_kept();

-- An order: some people, or a squad, to one incident.
CREATE TABLE vigil.dispatch (
    dispatch_id  bigint PRIMARY KEY CHECK (dispatch_id BETWEEN 1 AND 9007199254740991),
    incident_id  bigint NOT NULL REFERENCES vigil.incident,
    org_id       bigint NOT NULL,       -- of the incident
    squad_id     bigint,
    reason       text NOT NULL DEFAULT '' CHECK (octet_length(reason) <= 1000),
    by_token_id  bigint,
    by_person_id bigint,
    ordered_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at   timestamptz NOT NULL   -- for whom has not accepted by then
);
CREATE INDEX dispatch_incident ON vigil.dispatch (incident_id);

CREATE FUNCTION vigil.dispatch_active(state text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT state IN ('offered', 'seen', 'accepted', 'enroute', 'on_scene', 'working')
$$;

-- A person in an order. That nobody can be in two at one time is the index below:
-- whoever writes, by whatever way, meets it. There is no reference to vigil.person:
-- the history stays when a person is erased, and then names nobody.
CREATE TABLE vigil.dispatch_person (
    dispatch_id  bigint NOT NULL REFERENCES vigil.dispatch,
    person_id    bigint NOT NULL,
    incident_id  bigint NOT NULL,
    org_id       bigint NOT NULL,       -- of the incident
    state        text NOT NULL DEFAULT 'offered' CHECK (state IN
        ('offered', 'seen', 'accepted', 'enroute', 'on_scene', 'working', 'cleared', 'declined',
         'expired', 'withdrawn', 'stood_down', 'reassigned', 'failed')),
    active       boolean NOT NULL GENERATED ALWAYS AS (state IN
        ('offered', 'seen', 'accepted', 'enroute', 'on_scene', 'working')) STORED,
    expires_at   timestamptz NOT NULL,
    taken_from   timestamptz,           -- by the database's clock, set by triggers
    taken_to     timestamptz,
    state_since  timestamptz NOT NULL DEFAULT clock_timestamp(),
    reason       text CHECK (octet_length(reason) <= 1000), -- of the last change
    how          text NOT NULL DEFAULT 'staff'
        CHECK (how IN ('herself', 'staff', 'timer', 'geofence')), -- the last change came
    by_token_id  bigint,
    by_person_id bigint,
    PRIMARY KEY (dispatch_id, person_id)
) WITH (fillfactor = 60);
CREATE UNIQUE INDEX dispatch_person_taken ON vigil.dispatch_person (person_id) WHERE active;
CREATE INDEX dispatch_person_incident ON vigil.dispatch_person (incident_id);
CREATE INDEX dispatch_person_history ON vigil.dispatch_person (person_id, dispatch_id);
CREATE INDEX dispatch_person_waiting ON vigil.dispatch_person (expires_at)
    WHERE state IN ('offered', 'seen');

-- What is over stays as it was, and the clock of the database says when it was.
CREATE FUNCTION vigil.dispatch_person_kept() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, vigil AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.dispatch_id <> NEW.dispatch_id OR OLD.person_id <> NEW.person_id
       OR OLD.taken_from <> NEW.taken_from OR OLD.taken_to IS DISTINCT FROM NEW.taken_to
       OR NOT vigil.dispatch_active(OLD.state) AND NEW.state <> OLD.state THEN
        RAISE EXCEPTION USING ERRCODE = 'restrict_violation',
            MESSAGE = 'who was sent, and for how long, is not rewritten';
    END IF;
    IF NEW.state <> OLD.state THEN
        NEW.state_since := clock_timestamp();
        IF NOT vigil.dispatch_active(NEW.state) THEN
            NEW.taken_to := NEW.state_since;
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER dispatch_person_kept BEFORE UPDATE OR DELETE ON vigil.dispatch_person
    FOR EACH ROW EXECUTE FUNCTION vigil.dispatch_person_kept();

-- How far an incident has come, out of those who were sent to it.
CREATE FUNCTION vigil.incident_derive(incidents bigint[]) RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
BEGIN
    UPDATE vigil.incident i
    SET stage = CASE WHEN d.on_scene THEN 'on_scene' WHEN d.enroute THEN 'enroute'
                     WHEN d.assigned THEN 'assigned' END,
        t2 = CASE WHEN d.sent THEN coalesce(i.t2, clock_timestamp()) ELSE i.t2 END,
        t3 = CASE WHEN d.accepted THEN coalesce(i.t3, clock_timestamp()) ELSE i.t3 END,
        t4 = CASE WHEN d.enroute THEN coalesce(i.t4, clock_timestamp()) ELSE i.t4 END,
        t5 = CASE WHEN d.on_scene THEN coalesce(i.t5, clock_timestamp()) ELSE i.t5 END
    FROM unnest(incidents) AS w (incident_id), LATERAL (
        SELECT count(*) > 0 AS sent,
               bool_or(active) AS assigned,
               bool_or(state IN ('accepted', 'enroute', 'on_scene', 'working', 'cleared')) AS accepted,
               bool_or(state IN ('enroute', 'on_scene', 'working', 'cleared')) AS enroute,
               bool_or(state IN ('on_scene', 'working', 'cleared')) AS on_scene
        FROM vigil.dispatch_person p
        WHERE p.incident_id = w.incident_id) d
    WHERE i.incident_id = w.incident_id;
END $$;

-- After people were sent: she is taken from now on. The moment is read here and not
-- when the row was made, because making it may have waited for whoever let her go.
CREATE FUNCTION vigil.dispatch_person_sent() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
BEGIN
    UPDATE vigil.dispatch_person d SET taken_from = clock_timestamp()
    FROM changed c WHERE d.dispatch_id = c.dispatch_id AND d.person_id = c.person_id;
    INSERT INTO vigil.incident_event (incident_id, kind, dispatch_id, person_id, by_token_id,
                                      by_person_id, how, detail)
    SELECT incident_id, state, dispatch_id, person_id, by_token_id, by_person_id, how,
           CASE WHEN reason <> '' THEN jsonb_build_object('reason', reason) END
    FROM changed ORDER BY person_id;
    PERFORM vigil.incident_derive(ARRAY(SELECT DISTINCT incident_id FROM changed));
    RETURN NULL;
END $$;
CREATE TRIGGER dispatch_person_sent AFTER INSERT ON vigil.dispatch_person
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION vigil.dispatch_person_sent();

CREATE FUNCTION vigil.dispatch_person_moved() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
BEGIN
    INSERT INTO vigil.incident_event (incident_id, kind, dispatch_id, person_id, by_token_id,
                                      by_person_id, how, detail)
    SELECT c.incident_id, c.state, c.dispatch_id, c.person_id, c.by_token_id, c.by_person_id,
           c.how, CASE WHEN c.reason <> '' THEN jsonb_build_object('reason', c.reason) END
    FROM changed c JOIN before b USING (dispatch_id, person_id)
    WHERE c.state <> b.state ORDER BY c.person_id;
    PERFORM vigil.incident_derive(ARRAY(SELECT incident_id FROM changed UNION
                                        SELECT incident_id FROM before));
    RETURN NULL;
END $$;
CREATE TRIGGER dispatch_person_moved AFTER UPDATE ON vigil.dispatch_person
    REFERENCING OLD TABLE AS before NEW TABLE AS changed
    FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0)
    EXECUTE FUNCTION vigil.dispatch_person_moved();

-- Whoever was in two orders at one instant. There is never a row.
CREATE VIEW vigil.dispatch_overlap WITH (security_invoker = true) AS
SELECT person_id, dispatch_id, taken_from, before_to
FROM (SELECT person_id, dispatch_id, taken_from,
             max(coalesce(taken_to, 'infinity')) OVER (
                 PARTITION BY person_id ORDER BY taken_from, dispatch_id
                 ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before_to
      FROM vigil.dispatch_person) h
WHERE taken_from < before_to;

-- Locks an incident for this transaction; it tells nothing, not even whether there is
-- one. A volunteer who moves her own order needs it without seeing more.
CREATE FUNCTION vigil.incident_lock(id bigint) RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
BEGIN
    PERFORM FROM vigil.incident WHERE incident_id = id FOR UPDATE;
END $$;

-- The same for the incident of an order, whichever that is once it is locked: a merge
-- may just have moved the order to another.
CREATE FUNCTION vigil.dispatch_lock(id bigint) RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
DECLARE
    locked bigint;
    wanted bigint;
BEGIN
    LOOP
        SELECT d.incident_id INTO wanted FROM vigil.dispatch d WHERE d.dispatch_id = id;
        EXIT WHEN wanted IS NULL OR wanted = locked;
        PERFORM FROM vigil.incident WHERE incident_id = wanted FOR UPDATE;
        locked := wanted;
    END LOOP;
END $$;

-- Whether an organisation's people may be lent to whoever acts for another, somewhere.
CREATE FUNCTION vigil.dispatch_lends(lender bigint, borrower bigint) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM vigil.mutual_aid m
        JOIN vigil.org_reach b ON b.ancestor_id = m.borrower_id AND b.org_id = borrower
        JOIN vigil.org_reach l ON l.ancestor_id = m.lender_id AND l.org_id = lender
        WHERE m.valid_to IS NULL);
END $$;

-- What has to be known before people are sent: the incident, and for each of those
-- wanted (people, or the members of a squad) what stands against it. A row for each,
-- or one without a person when nobody is wanted; none when the caller has no such
-- incident. With `held` the incident is locked first, and what is told is what is so
-- after that. Whom the caller does not see is not told of, but for people of an
-- organisation that lends hers (is_lent: where she stands is for the caller to check).
-- Of an order of somebody else's it tells that there is one, and since when.
CREATE FUNCTION vigil.dispatch_facts(wanted_incident bigint, wanted bigint[], wanted_squad bigint,
                                     held boolean)
RETURNS TABLE (org_id bigint, firm_id bigint, state text, type text, priority smallint,
               volunteer_allowed boolean, min_age smallint, squad_known boolean,
               person_id bigint, known boolean, is_lent boolean, name text, home_id bigint,
               on_duty boolean, consent boolean, credential_ok boolean, age integer, mode text,
               hired boolean, taken_from timestamptz, taken_incident bigint, taken_by text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp
SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    scope constant bigint := vigil.scope_org();
    squad_seen boolean := false;
    people bigint[] := wanted;
BEGIN
    IF held THEN
        PERFORM FROM vigil.incident WHERE incident_id = wanted_incident FOR UPDATE;
    END IF;
    IF wanted_squad IS NOT NULL THEN
        squad_seen := EXISTS (SELECT FROM vigil.squad s JOIN vigil.org_reach r ON r.org_id = s.org_id
                              WHERE s.squad_id = wanted_squad AND s.valid_to IS NULL
                                AND r.ancestor_id = scope);
        people := CASE WHEN squad_seen
                       THEN ARRAY(SELECT m.person_id FROM vigil.squad_member m
                                  WHERE m.squad_id = wanted_squad AND m.valid_to IS NULL)
                       ELSE '{}' END;
    END IF;
    RETURN QUERY
    SELECT i.org_id, i.firm_id, i.state, i.type, i.priority, t.volunteer_allowed, t.min_age,
           squad_seen, w.person_id, p.person_id IS NOT NULL, p.is_lent, p.display_name, p.org_id,
           p.on_duty, p.location_consent, p.credential_until IS NULL OR p.credential_until > now(),
           vigil.person_age(p.birth_year), p.mode, p.hired, d.taken_from,
           CASE WHEN d.seen THEN d.incident_id END, CASE WHEN d.seen THEN d.taken_by END
    FROM vigil.incident i
    JOIN vigil.incident_type t ON t.type = i.type
    LEFT JOIN unnest(people) AS w (person_id) ON true
    -- OFFSET 0: for each of those wanted by the key, and not for everybody at first.
    LEFT JOIN LATERAL (
        SELECT q.*, NOT EXISTS (SELECT FROM vigil.person_reach r
                                WHERE r.ancestor_id = scope AND r.person_id = q.person_id) AS is_lent
        FROM vigil.person q
        WHERE q.person_id = w.person_id AND q.valid_to IS NULL
        OFFSET 0) p ON NOT p.is_lent OR vigil.dispatch_lends(p.org_id, scope)
    LEFT JOIN LATERAL (
        SELECT e.taken_from, e.incident_id,
               EXISTS (SELECT FROM vigil.org_reach r
                       WHERE r.ancestor_id = scope AND r.org_id = e.org_id) AS seen,
               coalesce((SELECT b.display_name FROM vigil.person b WHERE b.person_id = e.by_person_id),
                        (SELECT k.label FROM vigil.token k WHERE k.token_id = e.by_token_id)) AS taken_by
        FROM (SELECT x.taken_from, x.incident_id, x.org_id, o.by_person_id, o.by_token_id
              FROM vigil.dispatch_person x JOIN vigil.dispatch o ON o.dispatch_id = x.dispatch_id
              WHERE x.person_id = w.person_id AND x.active OFFSET 0) e
        OFFSET 0) d ON p.person_id IS NOT NULL
    WHERE i.incident_id = wanted_incident
      AND EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = scope AND r.org_id = i.org_id)
    ORDER BY w.person_id;
END $$;

-- What a person who was sent is called: told to whom the order is told, who may come
-- from another organisation that lent her.
CREATE FUNCTION vigil.dispatch_name(wanted_dispatch bigint, wanted_person bigint) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
BEGIN
    RETURN (
        SELECT p.display_name
        FROM vigil.dispatch_person d JOIN vigil.person p USING (person_id)
        WHERE d.dispatch_id = wanted_dispatch AND d.person_id = wanted_person
          AND (d.person_id = vigil.scope_person()
               OR EXISTS (SELECT FROM vigil.org_reach r
                          WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = d.org_id)));
END $$;

-- Whose an incident at a place is: the deepest organisation that the caller acts for
-- and whose area holds it, else the caller's own. A partner firm has no area of its
-- own: its incidents belong to whoever looks after the place.
CREATE FUNCTION vigil.incident_org(place geometry) RETURNS bigint LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = pg_catalog, vigil, public, pg_temp AS $$
    WITH me AS (
        SELECT org_id, parent_id, kind = 'firm' AS is_firm FROM vigil.org
        WHERE org_id = vigil.scope_org()
    )
    SELECT coalesce(
        (SELECT o.org_id FROM vigil.org o, me, vigil.org_reach r
         WHERE r.ancestor_id = CASE WHEN me.is_firm THEN 1 ELSE me.org_id END
           AND r.org_id = o.org_id AND o.valid_to IS NULL
           AND o.kind NOT IN ('firm', 'sector') AND ST_Covers(o.area, place)
         ORDER BY r.depth DESC, o.org_id LIMIT 1),
        (SELECT CASE WHEN is_firm THEN parent_id ELSE org_id END FROM me))
$$;

-- Hands an incident to another organisation: below the caller's, or above it, where
-- she sees it no more. False when it is none of hers or there is no such one.
CREATE FUNCTION vigil.incident_hand(id bigint, to_org bigint) RETURNS boolean LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
BEGIN
    UPDATE vigil.incident i
    SET org_id = to_org, state = 'transferred', state_since = clock_timestamp(),
        version = version + 1
    WHERE incident_id = id
      AND EXISTS (SELECT FROM vigil.org_reach
                  WHERE ancestor_id = vigil.scope_org() AND org_id = i.org_id)
      AND EXISTS (SELECT FROM vigil.org_reach
                  WHERE ancestor_id = vigil.scope_org() AND org_id = to_org
                     OR ancestor_id = to_org AND org_id = vigil.scope_org())
      AND EXISTS (SELECT FROM vigil.org
                  WHERE org_id = to_org AND valid_to IS NULL AND kind <> 'firm');
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    UPDATE vigil.dispatch SET org_id = to_org WHERE incident_id = id;
    UPDATE vigil.dispatch_person SET org_id = to_org WHERE incident_id = id;
    RETURN true;
END $$;

-- The walls. EXISTS and not IN: for one row it is one look into the index, however
-- many organisations the caller acts for.
ALTER TABLE vigil.incident_type ENABLE ROW LEVEL SECURITY;
ALTER TABLE vigil.incident_type FORCE ROW LEVEL SECURITY;
CREATE POLICY app ON vigil.incident_type TO vigil_app
    USING (true) WITH CHECK (vigil.scope_org() = 1);
CREATE POLICY engine ON vigil.incident_type TO vigil_engine USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON vigil.incident_type TO vigil_app, vigil_engine;

ALTER TABLE vigil.dispatch_person ENABLE ROW LEVEL SECURITY;
ALTER TABLE vigil.dispatch_person FORCE ROW LEVEL SECURITY;
CREATE POLICY app ON vigil.dispatch_person TO vigil_app USING (
    EXISTS (SELECT FROM vigil.org_reach r
            WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = dispatch_person.org_id)
    OR person_id = vigil.scope_person());
CREATE POLICY engine ON vigil.dispatch_person TO vigil_engine USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON vigil.dispatch_person TO vigil_app, vigil_engine;

ALTER TABLE vigil.dispatch ENABLE ROW LEVEL SECURITY;
ALTER TABLE vigil.dispatch FORCE ROW LEVEL SECURITY;
CREATE POLICY app ON vigil.dispatch TO vigil_app USING (
    EXISTS (SELECT FROM vigil.org_reach r
            WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = dispatch.org_id));
CREATE POLICY own ON vigil.dispatch FOR SELECT TO vigil_app USING (
    EXISTS (SELECT FROM vigil.dispatch_person p
            WHERE p.dispatch_id = dispatch.dispatch_id AND p.person_id = vigil.scope_person()));
CREATE POLICY engine ON vigil.dispatch TO vigil_engine USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON vigil.dispatch TO vigil_app, vigil_engine;

ALTER TABLE vigil.incident ENABLE ROW LEVEL SECURITY;
ALTER TABLE vigil.incident FORCE ROW LEVEL SECURITY;
CREATE POLICY app ON vigil.incident TO vigil_app USING (
    EXISTS (SELECT FROM vigil.org_reach r
            WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = incident.org_id)
    OR firm_id = vigil.scope_org());
CREATE POLICY own ON vigil.incident FOR SELECT TO vigil_app USING (
    EXISTS (SELECT FROM vigil.dispatch_person p
            WHERE p.incident_id = incident.incident_id AND p.person_id = vigil.scope_person()));
CREATE POLICY engine ON vigil.incident TO vigil_engine USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON vigil.incident TO vigil_app, vigil_engine;

-- The timeline is seen with its incident; a firm sees the states of its own, not who.
ALTER TABLE vigil.incident_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE vigil.incident_event FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON vigil.incident_event FOR SELECT TO vigil_app USING (
    EXISTS (SELECT FROM vigil.incident i JOIN vigil.org_reach r ON r.org_id = i.org_id
            WHERE i.incident_id = incident_event.incident_id
              AND r.ancestor_id = vigil.scope_org()));
CREATE POLICY added ON vigil.incident_event FOR INSERT TO vigil_app WITH CHECK (
    EXISTS (SELECT FROM vigil.incident i WHERE i.incident_id = incident_event.incident_id));
CREATE POLICY engine ON vigil.incident_event TO vigil_engine USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON vigil.incident_event TO vigil_app, vigil_engine;

DO $$
DECLARE
    what text;
BEGIN
    FOREACH what IN ARRAY ARRAY['incident_derive(bigint[])', 'dispatch_person_sent()',
                                'dispatch_person_moved()', 'incident_lock(bigint)',
                                'incident_org(geometry)', 'incident_hand(bigint, bigint)',
                                'dispatch_lock(bigint)',
                                'dispatch_lends(bigint, bigint)', 'dispatch_name(bigint, bigint)',
                                'dispatch_facts(bigint, bigint[], bigint, boolean)'] LOOP
        EXECUTE 'ALTER FUNCTION vigil.' || what || ' OWNER TO vigil_engine';
        EXECUTE 'REVOKE ALL ON FUNCTION vigil.' || what || ' FROM PUBLIC';
    END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION vigil.incident_lock(bigint), vigil.dispatch_lock(bigint),
    vigil.incident_org(geometry),
    vigil.incident_hand(bigint, bigint),
    vigil.dispatch_name(bigint, bigint),
    vigil.dispatch_facts(bigint, bigint[], bigint, boolean) TO vigil_app;
GRANT SELECT ON vigil.dispatch_overlap TO vigil_app, vigil_engine;
