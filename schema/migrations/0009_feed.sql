-- Events: what happened, told to consoles and phones.
--
-- An event is written into the outbox by the transaction whose doing it tells of.
-- Ids of an outbox commit out of order, so nobody reads it by "greater than the last";
-- one process at a time takes what has been committed out of it and appends it to
-- vigil.event under the next numbers, without a gap. A number that can be read never
-- has a smaller one appear after it: a listener resumes from the last she saw.

CREATE TABLE vigil.outbox (
    outbox_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind        text NOT NULL CHECK (kind ~ '^[a-z_]{1,40}$'),
    org_id      bigint NOT NULL,          -- whose it is
    firm_id     bigint,                   -- the partner whose own incident it is about
    incident_id bigint,
    people      bigint[] NOT NULL DEFAULT '{}', -- whom it concerns in person
    data        text NOT NULL CHECK (octet_length(data) <= 7000), -- one JSON object
    told_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK (cardinality(people) <= 1000)
) WITH (autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0);

CREATE TABLE vigil.event (
    number      bigint PRIMARY KEY,
    kind        text NOT NULL,
    org_id      bigint NOT NULL,
    firm_id     bigint,
    incident_id bigint,
    people      bigint[] NOT NULL,
    data        text NOT NULL,
    told_at     timestamptz NOT NULL
);

-- The last number given. Its row is locked by whoever gives numbers, so that two can
-- never give one twice, even if both believe to be the only one.
CREATE TABLE vigil.event_head (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    number   bigint NOT NULL,
    floor    bigint NOT NULL -- events up to this number are no longer kept
);
INSERT INTO vigil.event_head (number, floor) VALUES (0, 0);

-- Numbers at most so many of the committed events; how many it were.
CREATE FUNCTION vigil.event_number(most integer) RETURNS integer LANGUAGE plpgsql
SET search_path = pg_catalog, vigil AS $$
DECLARE
    last  bigint;
    given integer;
BEGIN
    IF NOT EXISTS (SELECT FROM vigil.outbox) THEN
        RETURN 0; -- the usual case writes nothing
    END IF;
    SELECT number INTO last FROM vigil.event_head FOR UPDATE;
    WITH due AS (
        SELECT outbox_id FROM vigil.outbox ORDER BY outbox_id LIMIT most
    ), taken AS (
        DELETE FROM vigil.outbox o USING due WHERE o.outbox_id = due.outbox_id
        RETURNING o.*
    )
    INSERT INTO vigil.event (number, kind, org_id, firm_id, incident_id, people, data, told_at)
    SELECT last + row_number() OVER (ORDER BY outbox_id), kind, org_id, firm_id, incident_id,
           people, data, told_at
    FROM taken;
    GET DIAGNOSTICS given = ROW_COUNT;
    IF given > 0 THEN
        UPDATE vigil.event_head SET number = last + given;
        PERFORM pg_notify('vigil_event', (last + given)::text);
    END IF;
    RETURN given;
END $$;

-- Forgets what is older than so many days, at most 10,000 at once; how many it were.
CREATE FUNCTION vigil.event_forget(days integer) RETURNS integer LANGUAGE plpgsql
SET search_path = pg_catalog, vigil AS $$
DECLARE
    last bigint;
    gone integer;
BEGIN
    SELECT max(number) INTO last FROM (
        SELECT number, told_at FROM vigil.event ORDER BY number LIMIT 10000) oldest
    WHERE told_at < now() - make_interval(days => days);
    IF last IS NULL THEN
        RETURN 0;
    END IF;
    DELETE FROM vigil.event WHERE number <= last;
    GET DIAGNOSTICS gone = ROW_COUNT;
    UPDATE vigil.event_head SET floor = last;
    RETURN gone;
END $$;

-- Anyone may tell; nobody but the engine sees what is still to be numbered. What a
-- listener reads back after a cut stands behind the same wall as everything else:
-- her organisation's, her firm's own, and what names her.
ALTER TABLE vigil.outbox ENABLE ROW LEVEL SECURITY;
ALTER TABLE vigil.outbox FORCE ROW LEVEL SECURITY;
CREATE POLICY app ON vigil.outbox FOR INSERT TO vigil_app WITH CHECK (true);
CREATE POLICY engine ON vigil.outbox TO vigil_engine USING (true) WITH CHECK (true);
GRANT INSERT ON vigil.outbox TO vigil_app;
GRANT SELECT, INSERT, DELETE ON vigil.outbox TO vigil_engine;

ALTER TABLE vigil.event ENABLE ROW LEVEL SECURITY;
ALTER TABLE vigil.event FORCE ROW LEVEL SECURITY;
CREATE POLICY app ON vigil.event FOR SELECT TO vigil_app USING (
    EXISTS (SELECT FROM vigil.org_reach r
            WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = event.org_id)
    OR firm_id = vigil.scope_org()
    OR vigil.scope_person() = ANY (people));
CREATE POLICY engine ON vigil.event TO vigil_engine USING (true) WITH CHECK (true);
GRANT SELECT ON vigil.event TO vigil_app;
GRANT SELECT, INSERT, DELETE ON vigil.event TO vigil_engine;

GRANT SELECT ON vigil.event_head TO vigil_app;
GRANT SELECT, UPDATE ON vigil.event_head TO vigil_engine;
