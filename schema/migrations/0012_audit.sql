-- Who did what, to what, and why. Rows are added and never changed; the sealer links
-- each into a hash chain (engine/audit.h), so that a change behind the program's back
-- is found by `vigil audit verify`.
CREATE TABLE vigil.audit (
    audit_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- with gaps where work was rolled back
    at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    org_id     bigint NOT NULL REFERENCES vigil.org,            -- whose thing it was done to
    token_id   bigint,                                          -- null: the command line
    person_id  bigint,                                          -- who, when known
    action     text NOT NULL CHECK (action ~ '^[a-z][a-z0-9_]{2,60}$'),
    subject    text NOT NULL CHECK (octet_length(subject) BETWEEN 1 AND 200),
    purpose    text CHECK (octet_length(purpose) BETWEEN 1 AND 300),
    request_id text CHECK (octet_length(request_id) <= 200),
    detail     json CHECK (octet_length(detail::text) <= 4000 AND json_typeof(detail) = 'object')
);
CREATE INDEX audit_org ON vigil.audit (org_id, audit_id);
CREATE INDEX audit_subject ON vigil.audit (subject, audit_id);

-- What the sealer has not come to yet. An entry's id does not say when it was committed.
CREATE TABLE vigil.audit_pending (
    audit_id bigint PRIMARY KEY REFERENCES vigil.audit
);

-- The chain: link n is SHA-256 over link n - 1 and the entry. No link is ever missing.
CREATE TABLE vigil.audit_seal (
    seq      bigint PRIMARY KEY CHECK (seq >= 1),
    audit_id bigint NOT NULL UNIQUE REFERENCES vigil.audit,
    hash     bytea NOT NULL CHECK (octet_length(hash) = 32)
);

CREATE FUNCTION vigil.audit_awaits() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, vigil AS $$
BEGIN
    INSERT INTO vigil.audit_pending (audit_id) VALUES (NEW.audit_id);
    RETURN NULL;
END $$;
CREATE TRIGGER audit_awaits AFTER INSERT ON vigil.audit
    FOR EACH ROW EXECUTE FUNCTION vigil.audit_awaits();

CREATE FUNCTION vigil.only_added_to() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege',
        MESSAGE = format('rows of vigil.%s are added and never changed', TG_TABLE_NAME);
END $$;
CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON vigil.audit
    FOR EACH STATEMENT EXECUTE FUNCTION vigil.only_added_to();
CREATE TRIGGER audit_seal_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON vigil.audit_seal
    FOR EACH STATEMENT EXECUTE FUNCTION vigil.only_added_to();

-- Anyone's act is recorded whatever she may see; only auditors in scope read it back.
-- The links are hashes of everyone's entries and tell nothing about any.
ALTER TABLE vigil.audit ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY app_adds ON vigil.audit FOR INSERT TO vigil_app WITH CHECK (true);
CREATE POLICY app ON vigil.audit FOR SELECT TO vigil_app USING
    (org_id IN (SELECT org_id FROM vigil.org_reach WHERE ancestor_id = (SELECT vigil.scope_org())));
CREATE POLICY engine ON vigil.audit TO vigil_engine USING (true) WITH CHECK (true);
GRANT USAGE ON SCHEMA vigil TO vigil_app, vigil_engine;
GRANT SELECT ON vigil.org_reach TO vigil_app, vigil_engine;
GRANT SELECT, INSERT ON vigil.audit TO vigil_app, vigil_engine;
GRANT SELECT ON vigil.audit_seal, vigil.audit_pending TO vigil_app;
GRANT SELECT, INSERT ON vigil.audit_seal TO vigil_engine;
GRANT SELECT, INSERT, DELETE ON vigil.audit_pending TO vigil_engine;
ALTER FUNCTION vigil.audit_awaits() OWNER TO vigil_engine;
