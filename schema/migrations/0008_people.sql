-- Who people are and where they belong: what is kept of a person, her memberships
-- and credentials over time, who may see her, and how she is found by name.

-- ------------------------------------------------------------------ a person

-- Personal values are sealed by the program with a key the database never has
-- (engine/personal.h); a phone or identity number is found by its keyed hash.
-- location_consent: she may be located while on duty; kept in step with her consents.
-- credential_until: when the first of her mandatory credentials runs out, null when
-- none can; kept by triggers below.
ALTER TABLE vigil.person
    DROP CONSTRAINT person_mode_check,
    ADD CONSTRAINT person_mode_check CHECK (mode IN ('foot', 'ebike', 'car', 'bus', 'taxi')),
    ADD COLUMN name_initials text NOT NULL DEFAULT '' CHECK (octet_length(name_initials) <= 200),
    ADD COLUMN birth_year smallint CHECK (birth_year BETWEEN 1900 AND 2100),
    ADD COLUMN recruit text NOT NULL DEFAULT 'long_term'
        CHECK (recruit IN ('long_term', 'short_term', 'reserve')),
    ADD COLUMN line text NOT NULL DEFAULT '' CHECK (octet_length(line) <= 40), -- of a bus
    ADD COLUMN hired boolean NOT NULL DEFAULT false,                          -- of a taxi
    ADD COLUMN phone_sealed bytea,
    ADD COLUMN phone_hash bytea CHECK (octet_length(phone_hash) = 32),
    ADD COLUMN identity_sealed bytea,
    ADD COLUMN identity_hash bytea CHECK (octet_length(identity_hash) = 32),
    ADD COLUMN emergency_sealed bytea,
    ADD COLUMN address_sealed bytea,
    ADD COLUMN location_consent boolean NOT NULL DEFAULT false,
    ADD COLUMN credential_until timestamptz,
    ADD COLUMN erased_at timestamptz; -- nothing personal is left of her

-- Nobody is there twice. A closed person's number may come back.
CREATE UNIQUE INDEX person_phone ON vigil.person (phone_hash) WHERE valid_to IS NULL;
CREATE UNIQUE INDEX person_identity ON vigil.person (identity_hash) WHERE valid_to IS NULL;

-- Crews are few: a list of them is not a walk through everyone.
CREATE INDEX person_crew ON vigil.person (mode) WHERE mode IN ('bus', 'taxi') AND valid_to IS NULL;

-- Beside her home organisation (vigil.person.org_id).
CREATE TABLE vigil.membership (
    membership_id bigint PRIMARY KEY,
    person_id     bigint NOT NULL REFERENCES vigil.person ON DELETE CASCADE,
    org_id        bigint NOT NULL REFERENCES vigil.org,
    role          text NOT NULL DEFAULT 'member'
        CHECK (role IN ('member', 'leader', 'organiser', 'grid_worker', 'driver', 'contact')),
    recruit       text NOT NULL DEFAULT 'long_term'
        CHECK (recruit IN ('long_term', 'short_term', 'reserve')),
    version       integer NOT NULL DEFAULT 1,
    valid_from    timestamptz NOT NULL DEFAULT now(),
    valid_to      timestamptz CHECK (valid_to >= valid_from)
);
CREATE UNIQUE INDEX membership_open ON vigil.membership (person_id, org_id, role) WHERE valid_to IS NULL;
CREATE INDEX membership_person ON vigil.membership (person_id);
CREATE INDEX membership_org ON vigil.membership (org_id, person_id) WHERE valid_to IS NULL;

-- expires counts whole: the credential holds until the day after begins, in UTC.
-- org_id: who keeps the record.
CREATE TABLE vigil.credential (
    credential_id bigint PRIMARY KEY,
    person_id     bigint NOT NULL REFERENCES vigil.person ON DELETE CASCADE,
    org_id        bigint NOT NULL REFERENCES vigil.org,
    type          text NOT NULL CHECK (octet_length(type) BETWEEN 1 AND 80),
    issuer        text NOT NULL DEFAULT '' CHECK (octet_length(issuer) <= 200),
    issued        date,
    expires       date CHECK (expires >= issued),
    state         text NOT NULL DEFAULT 'valid' CHECK (state IN ('applied', 'approved', 'valid', 'revoked')),
    mandatory     boolean NOT NULL DEFAULT false,
    version       integer NOT NULL DEFAULT 1,
    valid_from    timestamptz NOT NULL DEFAULT now(),
    valid_to      timestamptz CHECK (valid_to >= valid_from)
);
CREATE INDEX credential_person ON vigil.credential (person_id) WHERE valid_to IS NULL;
CREATE INDEX credential_expires ON vigil.credential (expires, credential_id) WHERE valid_to IS NULL;

-- ------------------------------------------------------------------ who may be sent

-- She is at least so old: of a birth only the year is known, so her birthday of this
-- year may be still to come. Null when it is not known.
CREATE FUNCTION vigil.person_age(birth_year smallint) RETURNS integer
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT extract(year FROM now() AT TIME ZONE 'UTC')::integer - birth_year - 1
$$;

-- Why she could not be sent now even if she is free, as stable words; empty: she could.
CREATE FUNCTION vigil.person_hindrances(p vigil.person) RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT array_remove(ARRAY[
        CASE WHEN NOT p.on_duty THEN 'off_duty' END,
        CASE WHEN NOT p.location_consent THEN 'no_consent' END,
        CASE WHEN p.credential_until <= now() THEN 'credential_expired' END,
        CASE WHEN vigil.person_age(p.birth_year) < 18 THEN 'under_age' END,
        CASE WHEN p.mode = 'bus' THEN 'eyes_only' END,
        CASE WHEN p.mode = 'taxi' AND p.hired THEN 'hired' END], NULL)
$$;

-- As it is called outside: a valid one is expiring for its last 30 days, and then expired.
CREATE FUNCTION vigil.credential_state(c vigil.credential) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN c.state <> 'valid' OR c.expires IS NULL THEN c.state
                WHEN c.expires < (now() AT TIME ZONE 'UTC')::date THEN 'expired'
                WHEN c.expires <= (now() AT TIME ZONE 'UTC')::date + 30 THEN 'expiring'
                ELSE 'valid' END
$$;

CREATE FUNCTION vigil.person_credentialed(people bigint[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
    UPDATE vigil.person p SET credential_until = c.until
    FROM unnest(people) AS who (person_id),
         LATERAL (SELECT min(CASE WHEN state <> 'valid' THEN '-infinity'
                                  ELSE (expires + 1)::timestamp AT TIME ZONE 'UTC' END) AS until
                  FROM vigil.credential
                  WHERE credential.person_id = who.person_id AND mandatory AND valid_to IS NULL) AS c
    WHERE p.person_id = who.person_id AND p.credential_until IS DISTINCT FROM c.until
$$;

CREATE FUNCTION vigil.credential_added() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
BEGIN
    PERFORM vigil.person_credentialed(ARRAY(SELECT DISTINCT person_id FROM added WHERE mandatory));
    RETURN NULL;
END $$;
CREATE FUNCTION vigil.credential_changed() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
BEGIN
    PERFORM vigil.person_credentialed(ARRAY[OLD.person_id]);
    RETURN NULL;
END $$;
CREATE TRIGGER credential_added AFTER INSERT ON vigil.credential
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION vigil.credential_added();
CREATE TRIGGER credential_changed AFTER UPDATE OR DELETE ON vigil.credential
    FOR EACH ROW EXECUTE FUNCTION vigil.credential_changed();

-- A person as the programs read her.
CREATE VIEW vigil.person_card WITH (security_invoker = true) AS
SELECT person_id, version, org_id, display_name, mode, line, hired, skills, recruit, birth_year,
       on_duty, location_consent, array_to_string(vigil.person_hindrances(person), ',') AS hindrances,
       CASE WHEN isfinite(credential_until) THEN vigil.rfc3339(credential_until) END AS credential_until,
       phone_sealed, identity_sealed,
       emergency_sealed, address_sealed, vigil.rfc3339(valid_from) AS since
FROM vigil.person WHERE valid_to IS NULL;

-- ------------------------------------------------------------------ who sees her

-- Every organisation in whose scope a person is: where she is at home or has an open
-- membership, and all above. One index answers "may this scope see her" and gives a
-- scope's people in order, however large or small it is. Kept by triggers.
CREATE TABLE vigil.person_reach (
    ancestor_id bigint NOT NULL,
    person_id   bigint NOT NULL,
    PRIMARY KEY (ancestor_id, person_id)
);
CREATE INDEX person_reach_person ON vigil.person_reach (person_id, ancestor_id);

-- What a name may be found by: the folded name from each of its characters on, and the
-- pinyin initials. What is typed is the beginning of one of these, so that every part
-- of a name finds it, also those of one or two characters, of which trigrams know
-- nothing. Kept by triggers.
CREATE TABLE vigil.person_word (
    word      text COLLATE "C" NOT NULL,
    person_id bigint NOT NULL,
    PRIMARY KEY (word, person_id)
);
CREATE INDEX person_word_person ON vigil.person_word (person_id, word);

CREATE FUNCTION vigil.name_words(name text, initials text) RETURNS SETOF text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 4 AS $$
    WITH folded AS MATERIALIZED (SELECT vigil.fold(name) AS name)
    SELECT substr(name, i) FROM folded, generate_series(1, least(length(name), 40)) AS i
    WHERE substr(name, i, 1) <> ' '
    UNION SELECT initials WHERE initials <> ''
$$;

CREATE FUNCTION vigil.person_words_renew(people bigint[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
    DELETE FROM vigil.person_word WHERE person_id = ANY (people);
    INSERT INTO vigil.person_word (word, person_id)
    SELECT w, person_id FROM vigil.person, vigil.name_words(display_name, name_initials) AS w
    WHERE person_id = ANY (people) AND valid_to IS NULL
$$;

CREATE FUNCTION vigil.person_reach_renew(people bigint[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
    DELETE FROM vigil.person_reach WHERE person_id = ANY (people);
    INSERT INTO vigil.person_reach (ancestor_id, person_id)
    SELECT r.ancestor_id, belongs.person_id
    FROM (SELECT person_id, org_id FROM vigil.person WHERE person_id = ANY (people)
          UNION SELECT person_id, org_id FROM vigil.membership
          WHERE person_id = ANY (people) AND valid_to IS NULL) AS belongs
    JOIN vigil.org_reach r USING (org_id)
    GROUP BY 1, 2
$$;

CREATE FUNCTION vigil.person_added() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
BEGIN
    INSERT INTO vigil.person_reach (ancestor_id, person_id)
    SELECT r.ancestor_id, a.person_id FROM added a JOIN vigil.org_reach r USING (org_id);
    -- As name_words, of all at once: 600,000 calls of it would take half the time.
    INSERT INTO vigil.person_word (word, person_id)
    SELECT substr(f.name, i), f.person_id
    FROM (SELECT person_id, vigil.fold(display_name) AS name FROM added WHERE valid_to IS NULL OFFSET 0) AS f,
         generate_series(1, least(length(f.name), 40)) AS i
    WHERE substr(f.name, i, 1) <> ' '
    UNION ALL
    SELECT name_initials, person_id FROM added
    WHERE valid_to IS NULL AND name_initials <> ''
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE FUNCTION vigil.person_renamed() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
BEGIN
    PERFORM vigil.person_words_renew(ARRAY[NEW.person_id]);
    RETURN NULL;
END $$;
CREATE FUNCTION vigil.person_moved() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
BEGIN
    PERFORM vigil.person_reach_renew(ARRAY[NEW.person_id]);
    RETURN NULL;
END $$;
CREATE FUNCTION vigil.person_closed() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
BEGIN
    UPDATE vigil.membership SET version = version + 1, valid_to = greatest(now(), valid_from)
    WHERE person_id = NEW.person_id AND valid_to IS NULL;
    RETURN NULL;
END $$;
CREATE FUNCTION vigil.person_gone() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
BEGIN
    DELETE FROM vigil.person_reach WHERE person_id = OLD.person_id;
    DELETE FROM vigil.person_word WHERE person_id = OLD.person_id;
    RETURN NULL;
END $$;
CREATE TRIGGER person_added AFTER INSERT ON vigil.person
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION vigil.person_added();
CREATE TRIGGER person_renamed AFTER UPDATE ON vigil.person
    FOR EACH ROW WHEN ((OLD.display_name, OLD.name_initials, OLD.valid_to)
                       IS DISTINCT FROM (NEW.display_name, NEW.name_initials, NEW.valid_to))
    EXECUTE FUNCTION vigil.person_renamed();
CREATE TRIGGER person_moved AFTER UPDATE ON vigil.person
    FOR EACH ROW WHEN (OLD.org_id <> NEW.org_id) EXECUTE FUNCTION vigil.person_moved();
CREATE TRIGGER person_closed AFTER UPDATE ON vigil.person
    FOR EACH ROW WHEN (OLD.valid_to IS NULL AND NEW.valid_to IS NOT NULL) EXECUTE FUNCTION vigil.person_closed();
CREATE TRIGGER person_gone AFTER DELETE ON vigil.person
    FOR EACH ROW EXECUTE FUNCTION vigil.person_gone();

-- Whoever follows people (the live index) has to see that these changed.
CREATE FUNCTION vigil.person_touch(people bigint[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
    UPDATE vigil.person SET changed_txid = 0
    WHERE person_id = ANY (people) AND changed_txid <> pg_current_xact_id()::text::bigint
$$;

CREATE FUNCTION vigil.membership_added() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
BEGIN
    INSERT INTO vigil.person_reach (ancestor_id, person_id)
    SELECT DISTINCT r.ancestor_id, a.person_id
    FROM added a JOIN vigil.org_reach r USING (org_id)
    WHERE a.valid_to IS NULL
    ON CONFLICT DO NOTHING;
    PERFORM vigil.person_touch(ARRAY(SELECT DISTINCT person_id FROM added));
    RETURN NULL;
END $$;
CREATE FUNCTION vigil.membership_changed() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
BEGIN
    PERFORM vigil.person_reach_renew(ARRAY[OLD.person_id]);
    PERFORM vigil.person_touch(ARRAY[OLD.person_id]);
    RETURN NULL;
END $$;
CREATE TRIGGER membership_added AFTER INSERT ON vigil.membership
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION vigil.membership_added();
CREATE TRIGGER membership_changed AFTER UPDATE OR DELETE ON vigil.membership
    FOR EACH ROW EXECUTE FUNCTION vigil.membership_changed();

-- After org_moved, by its name, has put the tree right: whoever was below the
-- branch is now below others, too.
CREATE FUNCTION vigil.org_people_moved() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
BEGIN
    PERFORM vigil.person_reach_renew(
        ARRAY(SELECT person_id FROM vigil.person_reach WHERE ancestor_id = NEW.org_id));
    RETURN NULL;
END $$;
CREATE TRIGGER org_people_moved AFTER UPDATE OF parent_id ON vigil.org
    FOR EACH ROW WHEN (OLD.parent_id IS DISTINCT FROM NEW.parent_id)
    EXECUTE FUNCTION vigil.org_people_moved();

INSERT INTO vigil.person_reach (ancestor_id, person_id)
SELECT r.ancestor_id, p.person_id FROM vigil.person p JOIN vigil.org_reach r USING (org_id);
INSERT INTO vigil.person_word (word, person_id)
SELECT w, person_id FROM vigil.person, vigil.name_words(display_name, name_initials) AS w
WHERE valid_to IS NULL;

-- ------------------------------------------------------------------ finding

-- What a list may be narrowed to; null is no wish. can_go: whether she can be sent now,
-- is_taken: and whether somebody has her.
CREATE FUNCTION vigil.person_fits(p vigil.person, is_taken boolean, in_mode text, in_recruit text,
                                  in_duty boolean, with_skills bigint, can_go boolean)
RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT p.valid_to IS NULL
       AND (in_mode IS NULL OR p.mode = in_mode)
       AND (in_recruit IS NULL OR p.recruit = in_recruit)
       AND (in_duty IS NULL OR p.on_duty = in_duty)
       AND (with_skills IS NULL OR p.skills & with_skills = with_skills)
       AND (can_go IS NULL OR (vigil.person_hindrances(p) = '{}' AND NOT is_taken) = can_go)
$$;

-- The next `most` people of a scope after one of them: by id; of those whose name has
-- what was typed in it, or whose initials begin with it, in the order of what was
-- found; or those of a list. Of several words typed, the name has all in their order. What is given is a place to look, not a right: only what stands
-- in the caller's own scope is looked at, and her rows are then read as she may.
--
-- A name is looked for among the people of a small scope, and in the words of the
-- whole city for a large one, where either many match and few are passed over, or
-- few match: the work stays near `most` or this many people.
CREATE FUNCTION vigil.people_find(ancestor bigint, after_id bigint, most bigint, typed text,
                                  among bigint[], in_mode text, in_recruit text, in_duty boolean,
                                  with_skills bigint, can_go boolean)
RETURNS SETOF bigint LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100
SET search_path = pg_catalog, vigil, pg_temp
SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    few constant integer := 6000;
    low  text COLLATE "C" := split_part(vigil.fold(typed), ' ', 1);
    high text COLLATE "C" := low || U&'\+10FFFF';
    last text COLLATE "C";
    all_words text := CASE WHEN vigil.fold(typed) LIKE '% %' THEN vigil.containing(typed) END;
BEGIN
    IF NOT EXISTS (SELECT FROM vigil.org_reach o
                   WHERE o.ancestor_id = vigil.scope_org() AND o.org_id = ancestor) THEN
        RETURN;
    END IF;
    IF among IS NULL AND in_mode IN ('bus', 'taxi') THEN
        among := ARRAY(SELECT p.person_id FROM vigil.person p
                       WHERE p.mode = in_mode AND p.mode IN ('bus', 'taxi') AND p.valid_to IS NULL);
    END IF;
    IF among IS NOT NULL THEN
        RETURN QUERY
        SELECT p.person_id
        FROM unnest(among) AS a (person_id)
        JOIN vigil.person_reach r ON r.ancestor_id = ancestor AND r.person_id = a.person_id
        JOIN vigil.person p ON p.person_id = a.person_id
        WHERE a.person_id > after_id
          AND (low IS NULL OR EXISTS (SELECT FROM vigil.person_word w WHERE w.person_id = a.person_id
                                                                      AND w.word >= low AND w.word < high))
          AND (all_words IS NULL OR vigil.fold(p.display_name) LIKE all_words)
          AND vigil.person_fits(p, EXISTS (SELECT FROM vigil.dispatch_person d WHERE d.person_id = p.person_id AND d.active),
                                in_mode, in_recruit, in_duty, with_skills, can_go)
        ORDER BY 1 LIMIT most;
        RETURN;
    END IF;
    IF low IS NULL THEN
        RETURN QUERY
        SELECT r.person_id
        FROM vigil.person_reach r JOIN vigil.person p USING (person_id)
        WHERE r.ancestor_id = ancestor AND r.person_id > after_id
          AND vigil.person_fits(p, EXISTS (SELECT FROM vigil.dispatch_person d WHERE d.person_id = p.person_id AND d.active),
                                in_mode, in_recruit, in_duty, with_skills, can_go)
        ORDER BY 1 LIMIT most;
        RETURN;
    END IF;
    last := coalesce((SELECT min(w.word) FROM vigil.person_word w
                      WHERE w.person_id = after_id AND w.word >= low AND w.word < high), low);
    IF (SELECT count(*) FROM (SELECT FROM vigil.person_reach r
                              WHERE r.ancestor_id = ancestor LIMIT few + 1) AS one) <= few THEN
        RETURN QUERY
        SELECT p.person_id
        FROM vigil.person_reach r
        CROSS JOIN LATERAL (SELECT min(w.word) AS word FROM vigil.person_word w
                            WHERE w.person_id = r.person_id AND w.word >= low AND w.word < high) AS hit
        JOIN vigil.person p ON p.person_id = r.person_id
        WHERE r.ancestor_id = ancestor AND hit.word IS NOT NULL
          AND (hit.word, r.person_id) > (last, after_id)
          AND (all_words IS NULL OR vigil.fold(p.display_name) LIKE all_words)
          AND vigil.person_fits(p, EXISTS (SELECT FROM vigil.dispatch_person d WHERE d.person_id = p.person_id AND d.active),
                                in_mode, in_recruit, in_duty, with_skills, can_go)
        ORDER BY hit.word, p.person_id LIMIT most;
        RETURN;
    END IF;
    RETURN QUERY
    SELECT w.person_id
    FROM vigil.person_word w
    JOIN vigil.person_reach r ON r.ancestor_id = ancestor AND r.person_id = w.person_id
    JOIN vigil.person p ON p.person_id = w.person_id
    WHERE w.word >= last AND w.word < high AND (w.word, w.person_id) > (last, after_id)
      AND NOT EXISTS (SELECT FROM vigil.person_word o WHERE o.person_id = w.person_id
                                                        AND o.word >= low AND o.word < w.word)
      AND (all_words IS NULL OR vigil.fold(p.display_name) LIKE all_words)
      AND vigil.person_fits(p, EXISTS (SELECT FROM vigil.dispatch_person d WHERE d.person_id = p.person_id AND d.active),
                                in_mode, in_recruit, in_duty, with_skills, can_go)
    ORDER BY w.word, w.person_id LIMIT most;
END $$;

-- ------------------------------------------------------------------ the second wall

ALTER TABLE vigil.person ENABLE ROW LEVEL SECURITY;
ALTER TABLE vigil.person FORCE ROW LEVEL SECURITY;
ALTER TABLE vigil.membership ENABLE ROW LEVEL SECURITY;
ALTER TABLE vigil.membership FORCE ROW LEVEL SECURITY;
ALTER TABLE vigil.credential ENABLE ROW LEVEL SECURITY;
ALTER TABLE vigil.credential FORCE ROW LEVEL SECURITY;
ALTER TABLE vigil.person_reach ENABLE ROW LEVEL SECURITY;
ALTER TABLE vigil.person_reach FORCE ROW LEVEL SECURITY;
ALTER TABLE vigil.person_word ENABLE ROW LEVEL SECURITY;
ALTER TABLE vigil.person_word FORCE ROW LEVEL SECURITY;

CREATE POLICY app ON vigil.person_reach FOR SELECT TO vigil_app
    USING (EXISTS (SELECT FROM vigil.org_reach r
                   WHERE r.ancestor_id = (SELECT vigil.scope_org()) AND r.org_id = person_reach.ancestor_id));

-- Seen by whoever has her at home or as a member, and by herself; changed only from
-- where she is at home. A row just added is in no reach yet: its organisation is.
CREATE POLICY app_see ON vigil.person FOR SELECT TO vigil_app
    USING (EXISTS (SELECT FROM vigil.person_reach r
                   WHERE r.ancestor_id = (SELECT vigil.scope_org()) AND r.person_id = person.person_id)
           OR EXISTS (SELECT FROM vigil.org_reach o
                   WHERE o.ancestor_id = (SELECT vigil.scope_org()) AND o.org_id = person.org_id)
           OR person_id = (SELECT vigil.scope_person()));
CREATE POLICY app_add ON vigil.person FOR INSERT TO vigil_app
    WITH CHECK (EXISTS (SELECT FROM vigil.org_reach o
                   WHERE o.ancestor_id = (SELECT vigil.scope_org()) AND o.org_id = person.org_id));
CREATE POLICY app_change ON vigil.person FOR UPDATE TO vigil_app
    USING (EXISTS (SELECT FROM vigil.org_reach o
                   WHERE o.ancestor_id = (SELECT vigil.scope_org()) AND o.org_id = person.org_id)
           OR person_id = (SELECT vigil.scope_person()))
    WITH CHECK (EXISTS (SELECT FROM vigil.org_reach o
                   WHERE o.ancestor_id = (SELECT vigil.scope_org()) AND o.org_id = person.org_id)
                OR person_id = (SELECT vigil.scope_person()));

-- A membership elsewhere is nobody's business but hers and that organisation's.
CREATE POLICY app ON vigil.membership TO vigil_app
    USING (EXISTS (SELECT FROM vigil.org_reach o
                   WHERE o.ancestor_id = (SELECT vigil.scope_org()) AND o.org_id = membership.org_id)
           OR person_id = (SELECT vigil.scope_person()))
    WITH CHECK (EXISTS (SELECT FROM vigil.org_reach o
                   WHERE o.ancestor_id = (SELECT vigil.scope_org()) AND o.org_id = membership.org_id));

-- What a person can do is seen where she is seen, and kept by who entered it.
CREATE POLICY app_see ON vigil.credential FOR SELECT TO vigil_app
    USING (EXISTS (SELECT FROM vigil.person_reach r
                   WHERE r.ancestor_id = (SELECT vigil.scope_org()) AND r.person_id = credential.person_id)
           OR person_id = (SELECT vigil.scope_person()));
CREATE POLICY app_add ON vigil.credential FOR INSERT TO vigil_app
    WITH CHECK (EXISTS (SELECT FROM vigil.org_reach o
                   WHERE o.ancestor_id = (SELECT vigil.scope_org()) AND o.org_id = credential.org_id));
CREATE POLICY app_change ON vigil.credential FOR UPDATE TO vigil_app
    USING (EXISTS (SELECT FROM vigil.org_reach o
                   WHERE o.ancestor_id = (SELECT vigil.scope_org()) AND o.org_id = credential.org_id))
    WITH CHECK (EXISTS (SELECT FROM vigil.org_reach o
                   WHERE o.ancestor_id = (SELECT vigil.scope_org()) AND o.org_id = credential.org_id));

CREATE POLICY engine ON vigil.person TO vigil_engine USING (true) WITH CHECK (true);
CREATE POLICY engine ON vigil.membership TO vigil_engine USING (true) WITH CHECK (true);
CREATE POLICY engine ON vigil.credential TO vigil_engine USING (true) WITH CHECK (true);
CREATE POLICY engine ON vigil.person_reach TO vigil_engine USING (true) WITH CHECK (true);
CREATE POLICY engine ON vigil.person_word TO vigil_engine USING (true) WITH CHECK (true);

GRANT USAGE ON SCHEMA vigil TO vigil_app, vigil_engine;
GRANT SELECT, INSERT, UPDATE ON vigil.person, vigil.membership, vigil.credential TO vigil_app;
GRANT SELECT ON vigil.person_reach, vigil.person_card, vigil.skill TO vigil_app;
GRANT SELECT, INSERT, UPDATE, DELETE
    ON vigil.person, vigil.membership, vigil.credential, vigil.person_reach, vigil.person_word TO vigil_engine;
GRANT SELECT ON vigil.skill, vigil.org_reach, vigil.person_card TO vigil_engine;

-- The triggers work for whoever causes them, with the engine's rights and no more.
ALTER FUNCTION vigil.people_find(bigint, bigint, bigint, text, bigint[], text, text, boolean, bigint, boolean)
    OWNER TO vigil_engine;
ALTER FUNCTION vigil.person_credentialed(bigint[]) OWNER TO vigil_engine;
ALTER FUNCTION vigil.credential_added() OWNER TO vigil_engine;
ALTER FUNCTION vigil.credential_changed() OWNER TO vigil_engine;
ALTER FUNCTION vigil.person_words_renew(bigint[]) OWNER TO vigil_engine;
ALTER FUNCTION vigil.person_reach_renew(bigint[]) OWNER TO vigil_engine;
ALTER FUNCTION vigil.person_touch(bigint[]) OWNER TO vigil_engine;
ALTER FUNCTION vigil.person_added() OWNER TO vigil_engine;
ALTER FUNCTION vigil.person_renamed() OWNER TO vigil_engine;
ALTER FUNCTION vigil.person_moved() OWNER TO vigil_engine;
ALTER FUNCTION vigil.person_closed() OWNER TO vigil_engine;
ALTER FUNCTION vigil.person_gone() OWNER TO vigil_engine;
ALTER FUNCTION vigil.membership_added() OWNER TO vigil_engine;
ALTER FUNCTION vigil.membership_changed() OWNER TO vigil_engine;
ALTER FUNCTION vigil.org_people_moved() OWNER TO vigil_engine;
REVOKE EXECUTE ON FUNCTION vigil.person_credentialed(bigint[]), vigil.person_words_renew(bigint[]),
    vigil.person_reach_renew(bigint[]), vigil.person_touch(bigint[]) FROM PUBLIC;
