-- From when to when a patrol paused: what those who went did then is no part of it.
ALTER TABLE vigil.claim ADD COLUMN paused tstzmultirange NOT NULL DEFAULT '{}', ADD COLUMN paused_at timestamptz;

CREATE FUNCTION vigil.claim_paused() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = 'paused' THEN
        NEW.paused_at := clock_timestamp();
    ELSIF OLD.state = 'paused' THEN
        NEW.paused := OLD.paused + tstzmultirange(tstzrange(OLD.paused_at, greatest(clock_timestamp(), OLD.paused_at)));
        NEW.paused_at := NULL;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER claim_paused BEFORE UPDATE ON vigil.claim
    FOR EACH ROW WHEN (OLD.state <> NEW.state AND 'paused' IN (OLD.state, NEW.state)) EXECUTE FUNCTION vigil.claim_paused();
UPDATE vigil.claim SET paused_at = now() WHERE state = 'paused';
