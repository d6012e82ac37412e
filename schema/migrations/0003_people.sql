-- People are changed by the API and by the command line; a running vigild follows
-- both by reading what transactions at or after its watermark have changed.
ALTER TABLE vigil.person
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    ADD COLUMN changed_txid bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    ADD CONSTRAINT person_id_range CHECK (person_id BETWEEN 1 AND 9007199254740991),
    ADD CONSTRAINT person_name_size CHECK (octet_length(display_name) BETWEEN 1 AND 200);
CREATE INDEX person_changed ON vigil.person (changed_txid);

CREATE FUNCTION vigil.person_touched() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed_txid := pg_current_xact_id()::text::bigint;
    RETURN NEW;
END $$;
CREATE TRIGGER person_touched BEFORE UPDATE ON vigil.person
    FOR EACH ROW EXECUTE FUNCTION vigil.person_touched();

-- A skill is a bit of vigil.person.skills; a bit is never given a second meaning.
INSERT INTO vigil.skill (skill_bit, word) VALUES
    (0, 'first_aid'),
    (1, 'aed'),
    (2, 'fire'),
    (3, 'water_rescue'),
    (4, 'psychology'),
    (5, 'sign_language'),
    (6, 'english'),
    (7, 'elderly_care'),
    (8, 'traffic'),
    (9, 'drone');
