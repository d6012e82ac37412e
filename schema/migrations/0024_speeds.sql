-- A city says how fast one goes on its streets while it is in service: whoever acts for
-- the whole of it may change a speed. Whether a mode goes on a class of street at all is
-- not a matter of speed and stays (null).

ALTER TABLE vigil.speed ENABLE ROW LEVEL SECURITY;
ALTER TABLE vigil.speed FORCE ROW LEVEL SECURITY;
-- Everyone may know them, the owner of the tables beside the walls, too (vigil.edge).
CREATE POLICY known ON vigil.speed FOR SELECT USING (true);
CREATE POLICY owned ON vigil.speed TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY app ON vigil.speed FOR UPDATE TO vigil_app USING (true) WITH CHECK (vigil.scope_org() = 1);
CREATE POLICY engine ON vigil.speed TO vigil_engine USING (true) WITH CHECK (true);
GRANT UPDATE (kmh) ON vigil.speed TO vigil_app, vigil_engine;

-- Every process looks at what streets cost now, whoever changed a speed and by what means.
CREATE FUNCTION vigil.speed_tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NOTIFY vigil_traffic;
    RETURN NULL;
END $$;
CREATE TRIGGER speed_tell AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON vigil.speed
    FOR EACH STATEMENT EXECUTE FUNCTION vigil.speed_tell();
