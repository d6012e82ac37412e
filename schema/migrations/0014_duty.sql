-- On and off duty over time, and whose place may be known: whoever is off duty and in
-- no order, or has taken back her consent, or is no volunteer any more, is not tracked,
-- and where she was last goes in the transaction that makes it so, whoever writes it.

-- When she came on duty and went off, by which mode, and who said so. Rows are added
-- by the trigger below, and go when she is erased.
CREATE TABLE vigil.duty (
    duty_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id    bigint NOT NULL REFERENCES vigil.person ON DELETE CASCADE,
    org_id       bigint NOT NULL,       -- her home at that time
    at           timestamptz NOT NULL DEFAULT clock_timestamp(),
    on_duty      boolean NOT NULL,
    mode         text NOT NULL,
    by_token_id  bigint,                -- null: not through the interface
    by_person_id bigint
);
CREATE INDEX duty_person ON vigil.duty (person_id, duty_id);

ALTER TABLE vigil.duty ENABLE ROW LEVEL SECURITY;
ALTER TABLE vigil.duty FORCE ROW LEVEL SECURITY;
CREATE POLICY app ON vigil.duty FOR SELECT TO vigil_app USING (
    EXISTS (SELECT FROM vigil.person_reach r
            WHERE r.ancestor_id = (SELECT vigil.scope_org()) AND r.person_id = duty.person_id)
    OR person_id = (SELECT vigil.scope_person()));
CREATE POLICY engine ON vigil.duty TO vigil_engine USING (true) WITH CHECK (true);
GRANT SELECT ON vigil.duty TO vigil_app;
GRANT SELECT, INSERT, DELETE ON vigil.duty TO vigil_engine;

CREATE FUNCTION vigil.duty_changed() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
BEGIN
    INSERT INTO vigil.duty (person_id, org_id, on_duty, mode, by_token_id, by_person_id)
    VALUES (NEW.person_id, NEW.org_id, NEW.on_duty, NEW.mode,
            nullif(vigil.scope_token(), 0), vigil.scope_person());
    RETURN NULL;
END $$;
CREATE TRIGGER duty_changed AFTER UPDATE ON vigil.person
    FOR EACH ROW WHEN (OLD.on_duty <> NEW.on_duty OR NEW.on_duty AND OLD.mode <> NEW.mode)
    EXECUTE FUNCTION vigil.duty_changed();

-- ------------------------------------------------------------------ who is tracked

CREATE FUNCTION vigil.person_tracked(p vigil.person) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT p.valid_to IS NULL AND p.location_consent
           AND (p.on_duty OR EXISTS (SELECT FROM vigil.dispatch_person d
                                     WHERE d.person_id = p.person_id AND d.active))
$$;

CREATE FUNCTION vigil.position_forget(person bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
    DELETE FROM vigil.position_last l USING vigil.person p
    WHERE l.person_id = person AND p.person_id = person AND NOT vigil.person_tracked(p)
$$;

CREATE FUNCTION vigil.position_untracked() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
BEGIN
    PERFORM vigil.position_forget(NEW.person_id);
    RETURN NULL;
END $$;
CREATE TRIGGER position_untracked AFTER UPDATE ON vigil.person
    FOR EACH ROW WHEN (OLD.on_duty AND NOT NEW.on_duty
                       OR OLD.location_consent AND NOT NEW.location_consent
                       OR OLD.valid_to IS NULL AND NEW.valid_to IS NOT NULL)
    EXECUTE FUNCTION vigil.position_untracked();
CREATE TRIGGER position_untracked AFTER UPDATE ON vigil.dispatch_person
    FOR EACH ROW WHEN (OLD.active AND NOT NEW.active)
    EXECUTE FUNCTION vigil.position_untracked();

ALTER FUNCTION vigil.duty_changed() OWNER TO vigil_engine;
ALTER FUNCTION vigil.position_forget(bigint) OWNER TO vigil_engine;
ALTER FUNCTION vigil.position_untracked() OWNER TO vigil_engine;
REVOKE ALL ON FUNCTION vigil.position_forget(bigint) FROM PUBLIC;

-- Whose mandatory credential has run out since the last look, for the live index.
CREATE INDEX person_credential_until ON vigil.person (credential_until)
    WHERE credential_until IS NOT NULL;

-- The roles of a membership as bits, in the order of engine/nearby.
CREATE FUNCTION vigil.membership_bit(role text) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT 1 << (array_position(ARRAY['member', 'leader', 'organiser', 'grid_worker', 'driver',
                                      'contact'], role) - 1)
$$;

-- Who holds a kind of credential, for a search that asks for it.
CREATE INDEX credential_type ON vigil.credential (type, person_id)
    WHERE valid_to IS NULL AND state = 'valid';
