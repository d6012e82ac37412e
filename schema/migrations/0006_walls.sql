-- The second wall: row level security, so that a request whose handler forgets to ask
-- whose a row is still sees and changes nothing but its caller's.

-- Programs log in as whoever the address names and become these two (engine/db.h). A
-- superuser may without being told; anybody else must be a member.
DO $$
BEGIN
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        EXECUTE format('GRANT vigil_app, vigil_engine TO %I', current_user);
    END IF;
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO vigil_app, vigil_engine', current_database());
END $$;
GRANT USAGE ON SCHEMA vigil, osm TO vigil_app, vigil_engine;
GRANT CREATE ON SCHEMA vigil TO vigil_engine; -- whom the definer functions belong to

-- The token that asks; answers to an Idempotency-Key are for it alone. Unset: none.
CREATE FUNCTION vigil.scope_token() RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(nullif(current_setting('vigil.token', true), '')::bigint, 0)
$$;

-- ------------------------------------------------------------------ of no organisation

-- Streets and the base map are everybody's to read.
GRANT SELECT ON vigil.import, vigil.segment, vigil.speed, vigil.restriction, vigil.barrier,
    vigil.skill, vigil.migration, vigil.cursor_key, vigil.edge, vigil.street,
    osm.water, osm.green, osm.building, osm.place, osm.boundary, osm.name
    TO vigil_app, vigil_engine;
GRANT SELECT, INSERT, UPDATE ON vigil.layer_version TO vigil_app, vigil_engine;
GRANT USAGE ON SEQUENCE vigil.id_block TO vigil_app, vigil_engine;

-- Ids and how they stand to each other, which every policy below asks. It holds no
-- word of anybody's, and a policy that asked a table with a policy would cost twice.
GRANT SELECT ON vigil.org_reach TO vigil_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON vigil.org_reach TO vigil_engine;

-- Whoever may add or move an organisation changes the closure only so.
ALTER FUNCTION vigil.org_placed() SECURITY DEFINER;
ALTER FUNCTION vigil.org_placed() OWNER TO vigil_engine;

-- ------------------------------------------------------------------ the form of a wall

-- EXISTS, not IN: for one row it is one probe of org_reach's key, for many PostgreSQL
-- hashes the subtree once. (IN always hashes the whole subtree first.)

ALTER TABLE vigil.org ENABLE ROW LEVEL SECURITY;
ALTER TABLE vigil.org FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE ON vigil.org TO vigil_app, vigil_engine;
CREATE POLICY engine ON vigil.org TO vigil_engine USING (true) WITH CHECK (true);
-- A new one is in no closure yet, so its parent decides; nobody moves her own.
CREATE POLICY app ON vigil.org FOR SELECT TO vigil_app
    USING (org_id = vigil.scope_org()
           OR EXISTS (SELECT FROM vigil.org_reach r
                      WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = org.parent_id));
CREATE POLICY app_add ON vigil.org FOR INSERT TO vigil_app
    WITH CHECK (EXISTS (SELECT FROM vigil.org_reach r
                        WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = org.parent_id));
CREATE POLICY app_change ON vigil.org FOR UPDATE TO vigil_app
    USING (org_id = vigil.scope_org()
           OR EXISTS (SELECT FROM vigil.org_reach r
                      WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = org.parent_id))
    WITH CHECK (CASE WHEN org_id = vigil.scope_org()
                     THEN parent_id IS NULL
                          OR EXISTS (SELECT FROM vigil.org_reach r
                                     WHERE r.ancestor_id = org.parent_id AND r.org_id = org.org_id AND r.depth = 1)
                     ELSE EXISTS (SELECT FROM vigil.org_reach r
                                  WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = org.parent_id) END);

ALTER TABLE vigil.station ENABLE ROW LEVEL SECURITY;
ALTER TABLE vigil.station FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE ON vigil.station TO vigil_app, vigil_engine;
CREATE POLICY engine ON vigil.station TO vigil_engine USING (true) WITH CHECK (true);
CREATE POLICY app ON vigil.station TO vigil_app
    USING (EXISTS (SELECT FROM vigil.org_reach r
                   WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = station.org_id))
    WITH CHECK (EXISTS (SELECT FROM vigil.org_reach r
                        WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = station.org_id));

ALTER TABLE vigil.lookout_point ENABLE ROW LEVEL SECURITY;
ALTER TABLE vigil.lookout_point FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE ON vigil.lookout_point TO vigil_app, vigil_engine;
CREATE POLICY engine ON vigil.lookout_point TO vigil_engine USING (true) WITH CHECK (true);
CREATE POLICY app ON vigil.lookout_point TO vigil_app
    USING (EXISTS (SELECT FROM vigil.org_reach r
                   WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = lookout_point.org_id))
    WITH CHECK (EXISTS (SELECT FROM vigil.org_reach r
                        WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = lookout_point.org_id));

ALTER TABLE vigil.grid ENABLE ROW LEVEL SECURITY;
ALTER TABLE vigil.grid FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE ON vigil.grid TO vigil_app, vigil_engine;
CREATE POLICY engine ON vigil.grid TO vigil_engine USING (true) WITH CHECK (true);
CREATE POLICY app ON vigil.grid TO vigil_app
    USING (EXISTS (SELECT FROM vigil.org_reach r
                   WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = grid.org_id))
    WITH CHECK (EXISTS (SELECT FROM vigil.org_reach r
                        WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = grid.org_id));

-- ------------------------------------------------------------------ people

-- Where people were and are: read by requests from memory only, where each person's
-- organisation is checked, and written by the positions' writers. The history has no
-- wall because nobody has a door: COPY, which writes it, does not go through policies.
ALTER TABLE vigil.position_last ENABLE ROW LEVEL SECURITY;
ALTER TABLE vigil.position_last FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE, DELETE ON vigil.position_last TO vigil_engine;
CREATE POLICY engine ON vigil.position_last TO vigil_engine USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, DELETE ON vigil.position_history TO vigil_engine;

-- Partitions belong to the owner of the table.
ALTER FUNCTION vigil.position_history_ahead(interval) SECURITY DEFINER;
ALTER FUNCTION vigil.position_history_ahead(interval) SET search_path = pg_catalog, vigil, pg_temp;
REVOKE EXECUTE ON FUNCTION vigil.position_history_ahead(interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.position_history_ahead(interval) TO vigil_engine;

-- ------------------------------------------------------------------ signing in

-- The tokens of one's organisation and those below it, and the one that asks.
ALTER TABLE vigil.token ENABLE ROW LEVEL SECURITY;
ALTER TABLE vigil.token FORCE ROW LEVEL SECURITY;
GRANT SELECT (token_id, label, role, org_id, person_id, kind, created_at, expires_at, used_at, revoked_at)
    ON vigil.token TO vigil_app;
GRANT INSERT (label, role, org_id, person_id, secret_hash, kind, expires_at) ON vigil.token TO vigil_app;
GRANT UPDATE (revoked_at) ON vigil.token TO vigil_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON vigil.token TO vigil_engine;
CREATE POLICY engine ON vigil.token TO vigil_engine USING (true) WITH CHECK (true);
CREATE POLICY app ON vigil.token TO vigil_app
    USING (token_id = vigil.scope_token()
           OR EXISTS (SELECT FROM vigil.org_reach r
                      WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = token.org_id))
    WITH CHECK (token_id = vigil.scope_token()
                OR EXISTS (SELECT FROM vigil.org_reach r
                           WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = token.org_id));
CREATE INDEX token_org ON vigil.token (org_id, token_id);

-- A token is looked at before anybody's scope is known; only who brings the secret
-- learns anything.
CREATE FUNCTION vigil.token_find(wanted_id bigint, brought_hash bytea) RETURNS SETOF vigil.token
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
    SELECT * FROM vigil.token WHERE token_id = wanted_id AND secret_hash = brought_hash
$$;
CREATE FUNCTION vigil.token_used(wanted_id bigint, brought_hash bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
    UPDATE vigil.token SET used_at = now() WHERE token_id = wanted_id AND secret_hash = brought_hash
$$;
-- Uses an enter code up and makes the session of whoever brought it first; null for
-- all others.
CREATE FUNCTION vigil.token_spend(wanted_id bigint, brought_hash bytea, session_hash bytea, life_s bigint)
RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
    WITH spent AS (
        UPDATE vigil.token SET used_at = now()
        WHERE token_id = wanted_id AND secret_hash = brought_hash AND kind = 'enter'
          AND used_at IS NULL AND revoked_at IS NULL AND expires_at > now()
        RETURNING label, role, org_id, person_id)
    INSERT INTO vigil.token (label, role, org_id, person_id, secret_hash, kind, expires_at)
    SELECT label, role, org_id, person_id, session_hash, 'session', now() + life_s * interval '1 second'
    FROM spent
    RETURNING token_id
$$;
ALTER FUNCTION vigil.token_find(bigint, bytea) OWNER TO vigil_engine;
ALTER FUNCTION vigil.token_used(bigint, bytea) OWNER TO vigil_engine;
ALTER FUNCTION vigil.token_spend(bigint, bytea, bytea, bigint) OWNER TO vigil_engine;

ALTER TABLE vigil.idempotency ENABLE ROW LEVEL SECURITY;
ALTER TABLE vigil.idempotency FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE ON vigil.idempotency TO vigil_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON vigil.idempotency TO vigil_engine;
CREATE POLICY engine ON vigil.idempotency TO vigil_engine USING (true) WITH CHECK (true);
CREATE POLICY app ON vigil.idempotency TO vigil_app
    USING (token_id = vigil.scope_token()) WITH CHECK (token_id = vigil.scope_token());

-- Forgets some of everybody's answers that are older than a day, but not the key that
-- is being asked for just now.
CREATE FUNCTION vigil.idempotency_forget(asking_id bigint, asked_key text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
    DELETE FROM vigil.idempotency
    WHERE (token_id, key) IN (
        SELECT token_id, key FROM vigil.idempotency
        WHERE created_at < now() - interval '24 hours' AND (token_id, key) <> (asking_id, asked_key)
        ORDER BY created_at LIMIT 100 FOR UPDATE SKIP LOCKED)
$$;
ALTER FUNCTION vigil.idempotency_forget(bigint, text) OWNER TO vigil_engine;

-- ------------------------------------------------------------------ many rows at once

-- COPY refuses tables under row level security. What is copied lands in a table of the
-- session's own and goes on from there as a plain insert, which policies check.
CREATE FUNCTION vigil.landing_open(wanted text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TEMPORARY TABLE incoming (LIKE vigil.%I INCLUDING DEFAULTS) ON COMMIT DROP', wanted);
END $$;
CREATE FUNCTION vigil.landing_close(wanted text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    columns text;
    landed  bigint;
BEGIN
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO columns
    FROM pg_attribute
    WHERE attrelid = format('vigil.%I', wanted)::regclass AND attnum > 0 AND NOT attisdropped
      AND attgenerated = '' AND attidentity <> 'a';
    EXECUTE format('INSERT INTO vigil.%I (%s) SELECT %s FROM pg_temp.incoming', wanted, columns, columns);
    GET DIAGNOSTICS landed = ROW_COUNT;
    DROP TABLE pg_temp.incoming;
    RETURN landed;
END $$;

-- ------------------------------------------------------------------ speed behind walls

-- Behind a policy an index serves only operators that cannot tell what they saw. These
-- two name nothing of a row in their errors; only a superuser may say so. Without it
-- answers are the same, and searches in areas and names slower.
DO $$
BEGIN
    IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        ALTER FUNCTION pg_catalog.textlike(text, text) LEAKPROOF;
        ALTER FUNCTION public.geometry_overlaps(public.geometry, public.geometry) LEAKPROOF;
    END IF;
END $$;
