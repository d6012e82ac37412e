-- What is closed in the city is told to everybody: whoever may ask for the closed streets
-- (everyone) hears when they are others than before, also when it was done above her or
-- beside her. Such an event is nobody's (org_id 0) and says nothing but that; whose
-- closure it is, and why, stays with the event of the kind "closure".

ALTER POLICY app ON vigil.event USING (
    org_id = 0
    OR EXISTS (SELECT FROM vigil.org_reach r
               WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = event.org_id)
    OR firm_id = vigil.scope_org()
    OR vigil.scope_person() = ANY (people));

-- A closure that is in force, or was until now; one that is only planned changes no street.
CREATE FUNCTION vigil.closed_streets_tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF vigil.closure_state(NEW) = 'active'
       OR TG_OP = 'UPDATE' AND (OLD.told = 'active' OR vigil.closure_state(OLD) = 'active') THEN
        INSERT INTO vigil.outbox (kind, org_id, data) VALUES ('closed_streets', 0, '{}');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER closed_streets_tell AFTER INSERT OR UPDATE ON vigil.closure
    FOR EACH ROW EXECUTE FUNCTION vigil.closed_streets_tell();
