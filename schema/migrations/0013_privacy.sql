-- What people agreed to, how they come in by a code, and how they leave again.

-- ------------------------------------------------------------------ consents

-- What may be agreed to, and in which words. A text is never changed: new words are a
-- new version, and a consent says which one was read.
CREATE TABLE vigil.consent_purpose (
    purpose  text PRIMARY KEY CHECK (purpose ~ '^[a-z][a-z_]{1,39}$'),
    place    integer NOT NULL UNIQUE,       -- in lists
    required boolean NOT NULL DEFAULT false -- nobody can be enrolled without
);
CREATE TABLE vigil.consent_text (
    purpose    text NOT NULL REFERENCES vigil.consent_purpose,
    version    integer NOT NULL CHECK (version >= 1),
    title_zh   text NOT NULL,
    title_en   text NOT NULL,
    text_zh    text NOT NULL,
    text_en    text NOT NULL,
    valid_from timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (purpose, version)
);
INSERT INTO vigil.consent_purpose (purpose, place, required) VALUES
    ('contact', 1, true), ('location', 2, false), ('training', 3, false), ('insurance', 4, false);
INSERT INTO vigil.consent_text (purpose, version, title_zh, title_en, text_zh, text_en) VALUES
    ('contact', 1, '联系我', 'Contacting me',
     '平安志愿服务组织可以用我登记的姓名和电话与我联系，安排志愿活动。电话加密保存，每次查看都会留下记录。',
     'The volunteer organisation may use my name and phone number to reach me and to arrange volunteer work. '
     'The number is kept encrypted, and every look at it is recorded.'),
    ('location', 1, '值勤时使用我的位置', 'Using my position while on duty',
     '我在岗期间，系统可以使用我的手机位置来派单和记录巡逻。离岗后不记录位置；历史位置到期自动删除。我可以随时撤回，撤回后不再派单。',
     'While I am on duty, my phone''s position may be used to send me to incidents and to record patrols. '
     'Off duty nothing is recorded, and past positions are deleted when their time is over. '
     'I may withdraw at any time; then I am not sent any more.'),
    ('training', 1, '培训与证书', 'Training and certificates',
     '组织可以保存我的培训和证书信息，用于判断我能承担的任务。',
     'My training and certificates may be kept to decide which tasks I can take on.'),
    ('insurance', 1, '志愿者保险', 'Volunteer insurance',
     '组织可以用我的姓名和证件号码为我办理志愿服务保险。',
     'My name and identity number may be used to insure me while I volunteer.');

-- Given and withdrawn, one row each time; the last one counts.
CREATE TABLE vigil.consent (
    consent_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id  bigint NOT NULL REFERENCES vigil.person,
    org_id     bigint NOT NULL REFERENCES vigil.org, -- where she was at home then
    purpose    text NOT NULL,
    version    integer NOT NULL,
    language   text NOT NULL CHECK (language IN ('zh', 'en')),
    given      boolean NOT NULL,
    at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    token_id   bigint,                               -- who said so for her
    FOREIGN KEY (purpose, version) REFERENCES vigil.consent_text
);
CREATE INDEX consent_person ON vigil.consent (person_id, purpose, consent_id);

-- She can be found and sent only while this is given; others follow vigil.person.
CREATE FUNCTION vigil.consent_counts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, vigil, pg_temp AS $$
BEGIN
    UPDATE vigil.person SET location_consent = NEW.given
    WHERE person_id = NEW.person_id AND location_consent <> NEW.given;
    RETURN NULL;
END $$;
CREATE TRIGGER consent_counts AFTER INSERT ON vigil.consent
    FOR EACH ROW WHEN (NEW.purpose = 'location') EXECUTE FUNCTION vigil.consent_counts();
CREATE TRIGGER consent_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON vigil.consent
    FOR EACH STATEMENT EXECUTE FUNCTION vigil.only_added_to();

-- ------------------------------------------------------------------ enrolment

-- An invitation that hangs on a wall as a QR code: anyone who stands before it may ask
-- to be let in, and an organiser decides. So the code itself is no secret.
CREATE TABLE vigil.enrolment_code (
    code_id    bigint PRIMARY KEY,
    code       text NOT NULL UNIQUE CHECK (octet_length(code) BETWEEN 16 AND 64),
    org_id     bigint NOT NULL REFERENCES vigil.org,
    label      text NOT NULL CHECK (octet_length(label) BETWEEN 1 AND 100),
    uses       integer NOT NULL DEFAULT 0,
    uses_max   integer NOT NULL CHECK (uses_max BETWEEN 1 AND 10000),
    expires_at timestamptz NOT NULL,
    valid_from timestamptz NOT NULL DEFAULT now(),
    valid_to   timestamptz,
    CHECK (uses <= uses_max)
);
CREATE INDEX enrolment_code_org ON vigil.enrolment_code (org_id, code_id) WHERE valid_to IS NULL;

-- Someone who wants to come in. Her values are sealed for the person she will be; the
-- phone alone knows the secret whose hash is claim_hash, and gets its session for it.
CREATE TABLE vigil.enrolment (
    enrolment_id     bigint PRIMARY KEY,
    person_id        bigint NOT NULL UNIQUE, -- who she will be
    code_id          bigint NOT NULL REFERENCES vigil.enrolment_code,
    org_id           bigint NOT NULL REFERENCES vigil.org,
    state            text NOT NULL DEFAULT 'pending'
        CHECK (state IN ('pending', 'approved', 'refused')),
    name             text NOT NULL CHECK (octet_length(name) BETWEEN 1 AND 200),
    mode             text NOT NULL CHECK (mode IN ('foot', 'ebike', 'car')),
    birth_year       smallint CHECK (birth_year BETWEEN 1900 AND 2100),
    phone_sealed     bytea,
    phone_hash       bytea,
    identity_sealed  bytea,
    identity_hash    bytea,
    emergency_sealed bytea,
    language         text NOT NULL CHECK (language IN ('zh', 'en')),
    consents         text NOT NULL, -- "contact:1 location:1": what she agreed to
    claim_hash       bytea NOT NULL UNIQUE CHECK (octet_length(claim_hash) = 32),
    claims           integer NOT NULL DEFAULT 0,
    reason           text CHECK (octet_length(reason) BETWEEN 1 AND 300),
    asked_at         timestamptz NOT NULL DEFAULT now(),
    decided_at       timestamptz,
    emptied_at       timestamptz, -- her values are destroyed
    CHECK ((state = 'pending') = (decided_at IS NULL))
);
CREATE INDEX enrolment_org ON vigil.enrolment (org_id, enrolment_id);
CREATE INDEX enrolment_refused ON vigil.enrolment (decided_at) WHERE state = 'refused' AND emptied_at IS NULL;
CREATE INDEX enrolment_pending ON vigil.enrolment (asked_at) WHERE state = 'pending';

-- Whether the caller's own person invites people for this organisation: a grid worker,
-- organiser or leader of it or of one above.
CREATE FUNCTION vigil.invites_for(wanted bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
    SELECT EXISTS (SELECT FROM vigil.membership m JOIN vigil.org_reach r ON r.ancestor_id = m.org_id
                   WHERE m.person_id = vigil.scope_person() AND r.org_id = wanted AND m.valid_to IS NULL
                     AND m.role IN ('grid_worker', 'organiser', 'leader'))
$$;

-- Where the caller's own person belongs, and belonged: she acts for no organisation and
-- sees none, but these are hers to know.
CREATE FUNCTION vigil.own_orgs()
RETURNS TABLE (org_id bigint, org_name text, role text, recruit text, valid_from timestamptz, valid_to timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
    SELECT p.org_id, o.name, 'home', p.recruit, p.valid_from, p.valid_to
    FROM vigil.person p JOIN vigil.org o USING (org_id) WHERE p.person_id = vigil.scope_person()
    UNION ALL
    SELECT m.org_id, o.name, m.role, m.recruit, m.valid_from, m.valid_to
    FROM vigil.membership m JOIN vigil.org o USING (org_id) WHERE m.person_id = vigil.scope_person()
    ORDER BY 5, 1
$$;

-- The four below answer those who have no token yet; each gives away only what whoever
-- holds the code or the claim's secret may know.
CREATE FUNCTION vigil.enrolment_look(brought text) RETURNS TABLE (org_name text, label text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
    SELECT o.name, c.label FROM vigil.enrolment_code c JOIN vigil.org o USING (org_id)
    WHERE c.code = brought AND c.valid_to IS NULL AND c.expires_at > now() AND c.uses < c.uses_max
      AND o.valid_to IS NULL
$$;
CREATE FUNCTION vigil.enrolment_add(brought text, e vigil.enrolment) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
    WITH code AS (
        UPDATE vigil.enrolment_code c SET uses = uses + 1
        FROM vigil.org o
        WHERE c.code = brought AND c.valid_to IS NULL AND c.expires_at > now() AND c.uses < c.uses_max
          AND o.org_id = c.org_id AND o.valid_to IS NULL
        RETURNING c.code_id, c.org_id)
    INSERT INTO vigil.enrolment (enrolment_id, person_id, code_id, org_id, name, mode, birth_year,
                                 phone_sealed, phone_hash, identity_sealed, identity_hash,
                                 emergency_sealed, language, consents, claim_hash)
    SELECT e.enrolment_id, e.person_id, code.code_id, code.org_id, e.name, e.mode, e.birth_year,
           e.phone_sealed, e.phone_hash, e.identity_sealed, e.identity_hash, e.emergency_sealed,
           e.language, e.consents, e.claim_hash
    FROM code
    RETURNING org_id
$$;
CREATE FUNCTION vigil.enrolment_claim(brought_hash bytea)
RETURNS TABLE (state text, reason text, is_ready boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
    SELECT e.state, e.reason,
           e.state = 'approved' AND e.claims < 5 AND e.decided_at > now() - interval '7 days'
           AND EXISTS (SELECT FROM vigil.person p WHERE p.person_id = e.person_id AND p.valid_to IS NULL)
    FROM vigil.enrolment e WHERE e.claim_hash = brought_hash
$$;
-- A session for her phone. A few times, because an answer can be lost; not for ever.
CREATE FUNCTION vigil.enrolment_session(brought_hash bytea, session_hash bytea, life_s bigint)
RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
    WITH claimed AS (
        UPDATE vigil.enrolment e SET claims = claims + 1
        FROM vigil.person p
        WHERE e.claim_hash = brought_hash AND e.state = 'approved' AND e.claims < 5
          AND e.decided_at > now() - interval '7 days'
          AND p.person_id = e.person_id AND p.valid_to IS NULL
        RETURNING p.person_id, p.org_id)
    INSERT INTO vigil.token (label, role, org_id, person_id, secret_hash, kind, expires_at)
    SELECT 'phone', 'volunteer', org_id, person_id, session_hash, 'session', now() + life_s * interval '1 second'
    FROM claimed
    RETURNING token_id
$$;

-- ------------------------------------------------------------------ erasure

-- The receipt of an erasure: what was destroyed, and when the last position was gone.
CREATE TABLE vigil.erasure (
    erasure_id    bigint PRIMARY KEY,
    person_id     bigint NOT NULL UNIQUE REFERENCES vigil.person,
    org_id        bigint NOT NULL REFERENCES vigil.org,
    values_gone   integer NOT NULL,           -- personal values destroyed
    memberships   integer NOT NULL,           -- closed
    credentials   integer NOT NULL,           -- deleted
    tokens        integer NOT NULL,           -- ended
    positions     bigint NOT NULL DEFAULT 0,  -- deleted so far
    asked_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    positions_at  timestamptz                 -- none is left since then; null: under way
);
CREATE INDEX erasure_open ON vigil.erasure (asked_at) WHERE positions_at IS NULL;
CREATE INDEX erasure_org ON vigil.erasure (org_id, erasure_id);

-- Everything that says who she was is destroyed; her number stays, because the hours
-- ledger and the history of incidents need it, and it names nobody any more. What she
-- agreed to stays as the proof that it was used rightly. Positions go by a job.
CREATE FUNCTION vigil.person_erase(wanted bigint, new_id bigint, by_token bigint)
RETURNS SETOF vigil.erasure LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, vigil, pg_temp AS $$
DECLARE
    p vigil.person;
    receipt vigil.erasure;
BEGIN
    -- Herself, or whoever has her at home: this function passes the walls by, so it asks.
    SELECT * INTO p FROM vigil.person
    WHERE person_id = wanted AND erased_at IS NULL
      AND (person_id = vigil.scope_person()
           OR EXISTS (SELECT FROM vigil.org_reach r
                      WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = person.org_id))
    FOR UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    receipt.erasure_id := new_id;
    receipt.person_id := wanted;
    receipt.org_id := p.org_id;
    receipt.positions := 0;
    receipt.asked_at := clock_timestamp();
    receipt.values_gone := 1 + (p.birth_year IS NOT NULL)::integer + (p.phone_sealed IS NOT NULL)::integer
        + (p.identity_sealed IS NOT NULL)::integer + (p.emergency_sealed IS NOT NULL)::integer
        + (p.address_sealed IS NOT NULL)::integer;
    INSERT INTO vigil.consent (person_id, org_id, purpose, version, language, given, token_id)
    SELECT wanted, p.org_id, purpose, version, language, false, nullif(by_token, 0)
    FROM (SELECT DISTINCT ON (purpose) purpose, version, language, given FROM vigil.consent
          WHERE person_id = wanted ORDER BY purpose, consent_id DESC) last
    WHERE given;
    UPDATE vigil.membership SET valid_to = now(), version = version + 1
    WHERE person_id = wanted AND valid_to IS NULL;
    GET DIAGNOSTICS receipt.memberships = ROW_COUNT;
    DELETE FROM vigil.credential WHERE person_id = wanted;
    GET DIAGNOSTICS receipt.credentials = ROW_COUNT;
    UPDATE vigil.dispatch_person SET state = 'withdrawn', reason = 'erased', how = 'herself'
    WHERE person_id = wanted AND active;
    UPDATE vigil.signup SET state = 'cancelled'
    WHERE person_id = wanted AND state IN ('requested', 'approved', 'confirmed');
    UPDATE vigil.squad_member SET valid_to = now() WHERE person_id = wanted AND valid_to IS NULL;
    UPDATE vigil.token SET revoked_at = now()
    WHERE person_id = wanted AND revoked_at IS NULL AND expires_at > now();
    GET DIAGNOSTICS receipt.tokens = ROW_COUNT;
    UPDATE vigil.token SET label = '-' WHERE person_id = wanted; -- may have been her name
    UPDATE vigil.enrolment SET name = '-', birth_year = NULL, phone_sealed = NULL, phone_hash = NULL,
        identity_sealed = NULL, identity_hash = NULL, emergency_sealed = NULL, emptied_at = now()
    WHERE person_id = wanted;
    UPDATE vigil.person SET display_name = '-', name_initials = '', birth_year = NULL, skills = 0,
        on_duty = false, line = '', hired = false, phone_sealed = NULL, phone_hash = NULL,
        identity_sealed = NULL, identity_hash = NULL, emergency_sealed = NULL, address_sealed = NULL,
        location_consent = false, valid_to = now(), erased_at = now(), version = version + 1
    WHERE person_id = wanted;
    DELETE FROM vigil.position_last WHERE person_id = wanted;
    INSERT INTO vigil.erasure SELECT receipt.*;
    RETURN NEXT receipt;
END $$;

-- ------------------------------------------------------------------ retention

-- Drops the partitions of positions whose last hour was received so long ago; how many.
CREATE FUNCTION vigil.position_history_expire(keep_h integer) RETURNS integer LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
DECLARE
    old  text;
    gone integer := 0;
BEGIN
    FOR old IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'vigil.position_history'::regclass
          AND c.relname ~ '^position_history_\d{8}_\d{2}$'
          AND c.relname < 'position_history_'
              || to_char((now() - keep_h * interval '1 hour') AT TIME ZONE 'UTC', 'YYYYMMDD_HH24')
        ORDER BY 1
    LOOP
        EXECUTE format('DROP TABLE vigil.%I', old);
        gone := gone + 1;
    END LOOP;
    DELETE FROM vigil.position_history_default
    WHERE received_us < (extract(epoch FROM date_trunc('hour', now())) * 1000000)::bigint
                        - keep_h * 3600000000;
    RETURN gone;
END $$;

-- ------------------------------------------------------------------ walls and doors

GRANT SELECT ON vigil.consent_purpose, vigil.consent_text TO vigil_app, vigil_engine;

ALTER TABLE vigil.consent ENABLE ROW LEVEL SECURITY;
ALTER TABLE vigil.consent FORCE ROW LEVEL SECURITY;
CREATE POLICY app_see ON vigil.consent FOR SELECT TO vigil_app
    USING (person_id = vigil.scope_person()
           OR EXISTS (SELECT FROM vigil.person_reach r
                      WHERE r.ancestor_id = (SELECT vigil.scope_org()) AND r.person_id = consent.person_id));
CREATE POLICY app_add ON vigil.consent FOR INSERT TO vigil_app
    WITH CHECK (person_id = vigil.scope_person()
                OR EXISTS (SELECT FROM vigil.org_reach r
                           WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = consent.org_id));
CREATE POLICY engine ON vigil.consent TO vigil_engine USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON vigil.consent TO vigil_app, vigil_engine;

ALTER TABLE vigil.enrolment_code ENABLE ROW LEVEL SECURITY;
ALTER TABLE vigil.enrolment_code FORCE ROW LEVEL SECURITY;
CREATE POLICY app ON vigil.enrolment_code TO vigil_app
    USING (EXISTS (SELECT FROM vigil.org_reach r
                   WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = enrolment_code.org_id)
           OR vigil.invites_for(org_id))
    WITH CHECK (EXISTS (SELECT FROM vigil.org_reach r
                        WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = enrolment_code.org_id)
                OR vigil.invites_for(org_id));
CREATE POLICY engine ON vigil.enrolment_code TO vigil_engine USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON vigil.enrolment_code TO vigil_app, vigil_engine;

ALTER TABLE vigil.enrolment ENABLE ROW LEVEL SECURITY;
ALTER TABLE vigil.enrolment FORCE ROW LEVEL SECURITY;
CREATE POLICY app ON vigil.enrolment TO vigil_app
    USING (EXISTS (SELECT FROM vigil.org_reach r
                   WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = enrolment.org_id))
    WITH CHECK (EXISTS (SELECT FROM vigil.org_reach r
                        WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = enrolment.org_id));
CREATE POLICY engine ON vigil.enrolment TO vigil_engine USING (true) WITH CHECK (true);
GRANT SELECT, UPDATE ON vigil.enrolment TO vigil_app;
GRANT SELECT, INSERT, UPDATE ON vigil.enrolment TO vigil_engine;

ALTER TABLE vigil.erasure ENABLE ROW LEVEL SECURITY;
ALTER TABLE vigil.erasure FORCE ROW LEVEL SECURITY;
CREATE POLICY app ON vigil.erasure FOR SELECT TO vigil_app
    USING (EXISTS (SELECT FROM vigil.org_reach r
                   WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = erasure.org_id));
CREATE POLICY engine ON vigil.erasure TO vigil_engine USING (true) WITH CHECK (true);
GRANT SELECT ON vigil.erasure TO vigil_app;
GRANT SELECT, INSERT, UPDATE ON vigil.erasure TO vigil_engine;

ALTER FUNCTION vigil.consent_counts() OWNER TO vigil_engine;
ALTER FUNCTION vigil.invites_for(bigint) OWNER TO vigil_engine;
ALTER FUNCTION vigil.own_orgs() OWNER TO vigil_engine;
ALTER FUNCTION vigil.enrolment_look(text) OWNER TO vigil_engine;
ALTER FUNCTION vigil.enrolment_add(text, vigil.enrolment) OWNER TO vigil_engine;
ALTER FUNCTION vigil.enrolment_claim(bytea) OWNER TO vigil_engine;
ALTER FUNCTION vigil.enrolment_session(bytea, bytea, bigint) OWNER TO vigil_engine;
ALTER FUNCTION vigil.person_erase(bigint, bigint, bigint) OWNER TO vigil_engine;
REVOKE EXECUTE ON FUNCTION vigil.position_history_expire(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.position_history_expire(integer) TO vigil_engine;
