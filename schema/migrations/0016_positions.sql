-- A person has a row in position_last exactly while she is tracked, whoever makes it so:
-- a writer of positions only updates, learns from that who is not to be tracked, and
-- holds the row until it commits, so that nobody goes off duty in the middle of it.

ALTER TABLE vigil.position_last ADD COLUMN flags integer NOT NULL DEFAULT 0; -- engine/live.h
ALTER TABLE vigil.position_history ADD COLUMN flags integer NOT NULL DEFAULT 0;

-- How many batches each writer of each process has committed: in the same transaction
-- as the batch, so that a writer whose commit had no answer can ask whether it was done.
CREATE TABLE vigil.position_writer (
    node_id bigint NOT NULL,
    writer  integer NOT NULL,
    number  bigint NOT NULL,
    PRIMARY KEY (node_id, writer)
) WITH (fillfactor = 10);
GRANT SELECT, INSERT, UPDATE, DELETE ON vigil.position_writer TO vigil_engine;

-- ------------------------------------------------------------------ who is tracked

-- Two who change whether she is tracked (her duty, an order) take turns at her row, so
-- that the later one sees what the earlier one did. A fix_us of 0: not seen yet.
CREATE FUNCTION vigil.position_settle(wanted bigint) RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
BEGIN
    PERFORM FROM vigil.person WHERE person_id = wanted FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM vigil.person p WHERE p.person_id = wanted AND vigil.person_tracked(p)) THEN
        INSERT INTO vigil.position_last (person_id, lon_e7, lat_e7, fix_us, received_us)
        VALUES (wanted, 0, 0, 0, 0) ON CONFLICT DO NOTHING;
    ELSE
        DELETE FROM vigil.position_last WHERE person_id = wanted;
    END IF;
END $$;

CREATE FUNCTION vigil.position_settled() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
BEGIN
    PERFORM vigil.position_settle(NEW.person_id);
    RETURN NULL;
END $$;

DROP TRIGGER position_untracked ON vigil.person;
DROP TRIGGER position_untracked ON vigil.dispatch_person;
DROP FUNCTION vigil.position_untracked();
DROP FUNCTION vigil.position_forget(bigint);

CREATE TRIGGER position_begun AFTER INSERT ON vigil.person
    FOR EACH ROW WHEN (NEW.on_duty AND NEW.location_consent AND NEW.valid_to IS NULL)
    EXECUTE FUNCTION vigil.position_settled();
CREATE TRIGGER position_settled AFTER UPDATE ON vigil.person
    FOR EACH ROW WHEN (OLD.on_duty <> NEW.on_duty
                       OR OLD.location_consent <> NEW.location_consent
                       OR (OLD.valid_to IS NULL) <> (NEW.valid_to IS NULL))
    EXECUTE FUNCTION vigil.position_settled();
CREATE TRIGGER position_begun AFTER INSERT ON vigil.dispatch_person
    FOR EACH ROW WHEN (NEW.active) EXECUTE FUNCTION vigil.position_settled();
CREATE TRIGGER position_settled AFTER UPDATE ON vigil.dispatch_person
    FOR EACH ROW WHEN (OLD.active <> NEW.active) EXECUTE FUNCTION vigil.position_settled();

ALTER FUNCTION vigil.position_settle(bigint) OWNER TO vigil_engine;
ALTER FUNCTION vigil.position_settled() OWNER TO vigil_engine;
REVOKE ALL ON FUNCTION vigil.position_settle(bigint) FROM PUBLIC;

DELETE FROM vigil.position_last l USING vigil.person p
WHERE p.person_id = l.person_id AND NOT vigil.person_tracked(p);
INSERT INTO vigil.position_last (person_id, lon_e7, lat_e7, fix_us, received_us)
SELECT person_id, 0, 0, 0, 0 FROM vigil.person p WHERE vigil.person_tracked(p)
ON CONFLICT DO NOTHING;

-- ------------------------------------------------------------------ for QGIS and SQL users

CREATE OR REPLACE VIEW vigil.person_position AS
SELECT p.person_id, p.display_name, p.mode, p.on_duty,
       to_timestamp(l.fix_us / 1e6) AS fix_time, to_timestamp(l.received_us / 1e6) AS receive_time,
       l.accuracy_dm / 10.0 AS accuracy_m,
       ST_SetSRID(ST_MakePoint(l.lon_e7 / 1e7, l.lat_e7 / 1e7), 4326)::geometry(Point, 4326) AS geom
FROM vigil.person p JOIN vigil.position_last l USING (person_id)
WHERE p.valid_to IS NULL AND l.fix_us > 0;
