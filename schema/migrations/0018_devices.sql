-- Devices: phones, terminals and trackers that say where one person is, each with the
-- format it speaks and the frame of its coordinates, declared when it is enrolled.

-- Of the secret there is only its SHA-256, and not even that once the device is closed.
-- org_id: where its person is at home; kept by the trigger below.
CREATE TABLE vigil.device (
    device_id    bigint PRIMARY KEY CHECK (device_id BETWEEN 1 AND 9007199254740991),
    org_id       bigint NOT NULL REFERENCES vigil.org,
    person_id    bigint NOT NULL REFERENCES vigil.person ON DELETE CASCADE,
    name         text NOT NULL CHECK (octet_length(name) BETWEEN 1 AND 100),
    format       text NOT NULL CHECK (format IN ('json', 'packed', 'osmand', 'owntracks')),
    frame        text NOT NULL CHECK (frame IN ('wgs84', 'cgcs2000', 'gcj02', 'bd09')),
    secret_hash  bytea CHECK (octet_length(secret_hash) = 32),
    version      integer NOT NULL DEFAULT 1,
    rotated_at   timestamptz NOT NULL DEFAULT now(),
    valid_from   timestamptz NOT NULL DEFAULT now(),
    valid_to     timestamptz CHECK (valid_to >= valid_from),
    changed_txid bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    CHECK ((secret_hash IS NULL) = (valid_to IS NOT NULL))
);
CREATE UNIQUE INDEX device_secret ON vigil.device (secret_hash) WHERE valid_to IS NULL;
CREATE INDEX device_person ON vigil.device (person_id);
CREATE INDEX device_org ON vigil.device (org_id, device_id) WHERE valid_to IS NULL;
CREATE INDEX device_changed ON vigil.device (changed_txid);

-- Every process keeps the open ones in memory, follows what transactions change, and is
-- woken to look for it, as for people.
CREATE TRIGGER device_touched BEFORE UPDATE ON vigil.device
    FOR EACH ROW EXECUTE FUNCTION vigil.person_touched();
CREATE TRIGGER device_told AFTER INSERT OR UPDATE OR DELETE ON vigil.device
    FOR EACH STATEMENT EXECUTE FUNCTION vigil.person_told();

-- A device goes where its person goes, and ends with her.
CREATE FUNCTION vigil.device_person_moved() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
BEGIN
    IF NEW.valid_to IS NOT NULL THEN
        UPDATE vigil.device
        SET valid_to = greatest(now(), valid_from), secret_hash = NULL, version = version + 1
        WHERE person_id = NEW.person_id AND valid_to IS NULL;
    ELSE
        UPDATE vigil.device SET org_id = NEW.org_id WHERE person_id = NEW.person_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER device_person_moved AFTER UPDATE ON vigil.person
    FOR EACH ROW WHEN (OLD.org_id <> NEW.org_id OR OLD.valid_to IS NULL AND NEW.valid_to IS NOT NULL)
    EXECUTE FUNCTION vigil.device_person_moved();
ALTER FUNCTION vigil.device_person_moved() OWNER TO vigil_engine;

-- It may be called by her name.
CREATE FUNCTION vigil.device_erased() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
BEGIN
    UPDATE vigil.device SET name = 'erased', version = version + 1 WHERE person_id = NEW.person_id;
    RETURN NULL;
END $$;
CREATE TRIGGER device_erased AFTER INSERT ON vigil.erasure
    FOR EACH ROW EXECUTE FUNCTION vigil.device_erased();
ALTER FUNCTION vigil.device_erased() OWNER TO vigil_engine;

ALTER TABLE vigil.device ENABLE ROW LEVEL SECURITY;
ALTER TABLE vigil.device FORCE ROW LEVEL SECURITY;
GRANT SELECT (device_id, org_id, person_id, name, format, frame, version, rotated_at, valid_from, valid_to)
    ON vigil.device TO vigil_app;
GRANT INSERT (device_id, org_id, person_id, name, format, frame, secret_hash) ON vigil.device TO vigil_app;
GRANT UPDATE (name, format, frame, secret_hash, version, rotated_at, valid_to) ON vigil.device TO vigil_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON vigil.device TO vigil_engine;
CREATE POLICY engine ON vigil.device TO vigil_engine USING (true) WITH CHECK (true);
CREATE POLICY app ON vigil.device TO vigil_app
    USING (EXISTS (SELECT FROM vigil.org_reach r
                   WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = device.org_id))
    WITH CHECK (EXISTS (SELECT FROM vigil.org_reach r
                        WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = device.org_id));
-- What is kept of her she may read.
CREATE POLICY app_own ON vigil.device FOR SELECT TO vigil_app
    USING (person_id = vigil.scope_person());
