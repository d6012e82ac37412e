-- Who sees what of rosters, and what is done with the engine's rights because it depends
-- on rows that the caller may not see: whose turn it is, who relieves whom, where she stands.

-- ------------------------------------------------------------------ who sees what

-- A volunteer acts for no organisation, but she may join what is open to hers: shifts
-- and patrol days of the organisations at or above those she belongs to.
CREATE FUNCTION vigil.roster_orgs() RETURNS SETOF bigint LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = pg_catalog, vigil AS $$
    SELECT ancestor_id FROM vigil.person_reach
    WHERE person_id = vigil.scope_person() AND vigil.scope_org() IS NULL
    UNION
    SELECT r.ancestor_id FROM vigil.squad_member m JOIN vigil.org_reach r ON r.org_id = m.org_id
    WHERE m.person_id = vigil.scope_person() AND m.valid_to IS NULL AND vigil.scope_org() IS NULL
$$;

-- The squads she belongs to, or those she leads.
CREATE FUNCTION vigil.roster_squads(as_leader boolean) RETURNS SETOF bigint LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = pg_catalog, vigil AS $$
    SELECT m.squad_id FROM vigil.squad_member m JOIN vigil.squad s USING (squad_id)
    WHERE m.person_id = vigil.scope_person() AND m.valid_to IS NULL AND s.valid_to IS NULL
      AND (m.role = 'leader' OR NOT as_leader)
$$;

CREATE FUNCTION vigil.roster_claims(as_leader boolean) RETURNS SETOF bigint LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = pg_catalog, vigil AS $$
    SELECT c.claim_id FROM vigil.claim c WHERE c.squad_id IN (SELECT vigil.roster_squads(as_leader) WHERE vigil.scope_person() IS NOT NULL)
$$;

-- Whom she may name for a patrol: the members of the squads she leads.
CREATE FUNCTION vigil.roster_led() RETURNS SETOF bigint LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = pg_catalog, vigil AS $$
    SELECT m.person_id FROM vigil.squad_member m
    WHERE m.squad_id IN (SELECT vigil.roster_squads(true) WHERE vigil.scope_person() IS NOT NULL) AND m.valid_to IS NULL
$$;

-- Whether a credential that she must have has expired; null: there is no such person.
CREATE FUNCTION vigil.signup_unfit(who bigint) RETURNS boolean LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = pg_catalog, vigil AS $$
    SELECT 'credential_expired' = ANY (vigil.person_hindrances(p))
    FROM vigil.person p WHERE p.person_id = who AND p.valid_to IS NULL
$$;

-- Whether the caller may act for a squad: from above it, or as its leader.
CREATE FUNCTION vigil.roster_may_claim(for_squad bigint) RETURNS boolean LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = pg_catalog, vigil AS $$
    SELECT for_squad IN (SELECT vigil.roster_squads(true) WHERE vigil.scope_person() IS NOT NULL)
        OR EXISTS (SELECT FROM vigil.squad s JOIN vigil.org_reach r ON r.org_id = s.org_id
                   WHERE s.squad_id = for_squad AND s.valid_to IS NULL AND r.ancestor_id = vigil.scope_org())
$$;

DO $$
DECLARE
    wanted text;
    ours constant text := 'org_id IN (SELECT org_id FROM vigil.org_reach WHERE ancestor_id = vigil.scope_org())';
BEGIN
    FOREACH wanted IN ARRAY ARRAY['shift_template', 'shift_template_need', 'shift', 'shift_need', 'beat', 'beat_segment',
        'patrol_plan', 'patrol_opening', 'patrol_day', 'patrol_place', 'claim', 'signup', 'checkin', 'hours_entry'] LOOP
        EXECUTE format('ALTER TABLE vigil.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', wanted);
        EXECUTE format('CREATE POLICY app ON vigil.%I TO vigil_app USING (%s) WITH CHECK (%s)', wanted, ours, ours);
        EXECUTE format('CREATE POLICY engine ON vigil.%I TO vigil_engine USING (true) WITH CHECK (true)', wanted);
        EXECUTE format('GRANT SELECT, INSERT ON vigil.%I TO vigil_app, vigil_engine', wanted);
    END LOOP;
    FOREACH wanted IN ARRAY ARRAY['shift', 'shift_need', 'beat', 'beat_segment',
        'patrol_plan', 'patrol_opening', 'patrol_day', 'patrol_place'] LOOP
        EXECUTE format('CREATE POLICY open ON vigil.%I FOR SELECT TO vigil_app '
                       'USING (org_id IN (SELECT vigil.roster_orgs() WHERE vigil.scope_person() IS NOT NULL))', wanted);
    END LOOP;
END $$;

-- What may be changed of a row is named; all else stays as it was made.
GRANT UPDATE ON vigil.shift_template, vigil.patrol_plan, vigil.beat TO vigil_app, vigil_engine;
GRANT UPDATE, DELETE ON vigil.shift_template_need TO vigil_app, vigil_engine;
GRANT UPDATE (state, alerted_at, report, version) ON vigil.shift, vigil.patrol_day TO vigil_app, vigil_engine;
GRANT UPDATE (drawn_at) ON vigil.patrol_opening TO vigil_engine;
GRANT UPDATE (state, rank, place, swap_with, squad_id, squad_org_id, version) ON vigil.claim TO vigil_app, vigil_engine;
GRANT UPDATE (state, late_min, swap_offered_at, swap_to, version) ON vigil.signup TO vigil_app, vigil_engine;
GRANT UPDATE ON vigil.shift_need TO vigil_engine; -- for its lock alone: signup_placed

-- A volunteer's own: what she signed up for, when she was there, her hours; and what
-- concerns the squads she is in. She signs up herself, a leader her squad.
CREATE POLICY own ON vigil.signup TO vigil_app
    USING (person_id = vigil.scope_person() OR claim_id IN (SELECT vigil.roster_claims(true) WHERE vigil.scope_person() IS NOT NULL))
    WITH CHECK (person_id = vigil.scope_person() OR claim_id IN (SELECT vigil.roster_claims(true) WHERE vigil.scope_person() IS NOT NULL));
CREATE POLICY offered ON vigil.signup FOR SELECT TO vigil_app
    USING (swap_offered_at IS NOT NULL AND state IN ('requested', 'approved', 'confirmed') AND (swap_to IS NULL OR swap_to = vigil.scope_person())
           AND org_id IN (SELECT vigil.roster_orgs() WHERE vigil.scope_person() IS NOT NULL));
CREATE POLICY squad ON vigil.claim TO vigil_app
    USING (squad_id IN (SELECT vigil.roster_squads(false) WHERE vigil.scope_person() IS NOT NULL)
           OR squad_org_id IN (SELECT org_id FROM vigil.org_reach WHERE ancestor_id = vigil.scope_org()))
    WITH CHECK (squad_id IN (SELECT vigil.roster_squads(true) WHERE vigil.scope_person() IS NOT NULL)
           OR squad_org_id IN (SELECT org_id FROM vigil.org_reach WHERE ancestor_id = vigil.scope_org()));
CREATE POLICY own ON vigil.checkin TO vigil_app
    USING (person_id = vigil.scope_person() OR person_id IN (SELECT vigil.roster_led() WHERE vigil.scope_person() IS NOT NULL))
    WITH CHECK (person_id = vigil.scope_person() OR person_id IN (SELECT vigil.roster_led() WHERE vigil.scope_person() IS NOT NULL));
CREATE POLICY own ON vigil.hours_entry FOR SELECT TO vigil_app USING (person_id = vigil.scope_person());
CREATE POLICY earned ON vigil.hours_entry FOR INSERT TO vigil_app
    WITH CHECK (kind = 'earned' AND (person_id = vigil.scope_person() OR person_id IN (SELECT vigil.roster_led() WHERE vigil.scope_person() IS NOT NULL)));

-- ------------------------------------------------------------------ claiming

-- Whether a squad that would hold this claim's day is on another beat at that time.
CREATE FUNCTION vigil.claim_busy(for_squad bigint, span tstzrange) RETURNS boolean LANGUAGE sql STABLE
SET search_path = pg_catalog, vigil AS $$
    SELECT EXISTS (SELECT FROM vigil.claim c
                   WHERE c.squad_id = for_squad AND c.place IS NOT NULL AND c.during && span)
$$;

CREATE FUNCTION vigil.claim_free_place(wanted bigint) RETURNS integer LANGUAGE sql STABLE
SET search_path = pg_catalog, vigil AS $$
    SELECT min(p.place) FROM vigil.patrol_place p
    WHERE p.day_id = wanted
      AND NOT EXISTS (SELECT FROM vigil.claim c WHERE c.day_id = p.day_id AND c.place = p.place)
$$;

-- A squad asks for a day: 'asked' while the draw is to come, then 'claimed' or
-- 'waiting', or why not. It runs as the engine, because whose turn it is depends on
-- squads that the caller may not see; whom she asks for is checked here.
CREATE FUNCTION vigil.claim_ask(new_id bigint, wanted bigint, for_squad bigint) RETURNS text LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, vigil AS $$
DECLARE
    d     patrol_day;
    o     patrol_opening;
    s     squad;
    asks  timestamptz;
    free  integer;
    after integer;
BEGIN
    SELECT * INTO d FROM patrol_day WHERE day_id = wanted;
    SELECT * INTO o FROM patrol_opening WHERE opening_id = d.opening_id FOR SHARE; -- against the draw
    SELECT * INTO s FROM squad WHERE squad_id = for_squad AND valid_to IS NULL;
    asks := clock_timestamp();
    IF s.squad_id IS NULL OR NOT vigil.roster_may_claim(for_squad) THEN
        RETURN 'squad_unknown';
    ELSIF NOT EXISTS (SELECT FROM org_reach WHERE ancestor_id = d.org_id AND org_id = s.org_id) THEN
        RETURN 'squad_elsewhere';
    ELSIF d.state <> 'open' THEN
        RETURN 'over';
    ELSIF asks < o.opens_at THEN
        RETURN 'not_yet';
    ELSIF asks >= d.cutoff_at THEN
        RETURN 'cut_off';
    END IF;
    IF o.drawn_at IS NOT NULL THEN
        PERFORM FROM patrol_day WHERE day_id = wanted FOR UPDATE; -- one after another
    END IF;
    IF EXISTS (SELECT FROM claim c WHERE c.day_id = wanted AND c.squad_id = for_squad
               AND c.state NOT IN ('cancelled', 'abandoned', 'missed')) THEN
        RETURN 'again';
    ELSIF o.drawn_at IS NULL THEN
        INSERT INTO claim (claim_id, day_id, org_id, squad_id, squad_org_id, month, during, state, asked_at, fair)
        VALUES (new_id, wanted, d.org_id, for_squad, s.org_id, o.month, d.during, 'asked', asks, asks < o.closes_at);
        RETURN 'asked';
    ELSIF vigil.claim_busy(for_squad, d.during) THEN
        RETURN 'busy';
    END IF;
    free := vigil.claim_free_place(wanted);
    SELECT coalesce(max(rank), 0) + 1 INTO after FROM claim WHERE day_id = wanted;
    INSERT INTO claim (claim_id, day_id, org_id, squad_id, squad_org_id, month, during, state, asked_at, fair, rank, place)
    VALUES (new_id, wanted, d.org_id, for_squad, s.org_id, o.month, d.during,
            CASE WHEN free IS NULL THEN 'waiting' ELSE 'claimed' END, asks, false, after, free);
    RETURN CASE WHEN free IS NULL THEN 'waiting' ELSE 'claimed' END;
EXCEPTION
    WHEN unique_violation THEN
        RETURN 'again'; -- the same squad, asked for twice at one moment
    WHEN exclusion_violation THEN
        RETURN 'busy';
END $$;

-- Gives free places of a day to those who wait, in their order; a squad that is on
-- another beat then is passed over and keeps its place in the list. Who moved up.
CREATE FUNCTION vigil.claim_serve(wanted bigint) RETURNS TABLE (served bigint, served_org bigint, led_by bigint[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, vigil AS $$
DECLARE
    free integer;
    next claim;
BEGIN
    PERFORM FROM patrol_day WHERE day_id = wanted AND state = 'open' AND lower(during) > now() FOR UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    LOOP
        free := vigil.claim_free_place(wanted);
        SELECT c.* INTO next FROM claim c
        WHERE c.day_id = wanted AND c.state = 'waiting' AND NOT vigil.claim_busy(c.squad_id, c.during)
        ORDER BY c.rank LIMIT 1;
        EXIT WHEN free IS NULL OR next.claim_id IS NULL;
        UPDATE claim SET state = 'claimed', place = free, version = version + 1
        WHERE claim_id = next.claim_id AND state = 'waiting';
        CONTINUE WHEN NOT FOUND; -- it has just been given up
        served := next.claim_id;
        served_org := next.squad_org_id;
        led_by := ARRAY(SELECT m.person_id FROM squad_member m
                        WHERE m.squad_id = next.squad_id AND m.role = 'leader' AND m.valid_to IS NULL);
        RETURN NEXT;
    END LOOP;
END $$;

-- How far a day has come: planned until it opens, open while a place is free, claimed,
-- confirmed when every squad that holds it has said so; then done or missed.
CREATE FUNCTION vigil.patrol_stage(d vigil.patrol_day, o vigil.patrol_opening) RETURNS text LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = pg_catalog, vigil AS $$
    SELECT CASE
        WHEN d.state = 'cancelled' THEN 'cancelled'
        WHEN d.state = 'ended' THEN CASE WHEN finished > 0 THEN 'done' ELSE 'missed' END
        WHEN now() < o.opens_at THEN 'planned'
        WHEN held < places THEN 'open'
        WHEN confirmed < held THEN 'claimed'
        ELSE 'confirmed' END
    FROM (SELECT count(*) FILTER (WHERE c.place IS NOT NULL) AS held,
                 count(*) FILTER (WHERE c.place IS NOT NULL AND c.state <> 'claimed') AS confirmed,
                 count(*) FILTER (WHERE c.state IN ('finished', 'verified', 'credited')) AS finished,
                 (SELECT count(*) FROM vigil.patrol_place p WHERE p.day_id = d.day_id) AS places
          FROM vigil.claim c WHERE c.day_id = d.day_id) t
$$;

-- What anyone who sees a day may know of its claims: how many, and who has it.
CREATE FUNCTION vigil.patrol_tally(wanted bigint) RETURNS json LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = pg_catalog, vigil AS $$
    SELECT json_build_object(
        'capacity', (SELECT count(*) FROM vigil.patrol_place p WHERE p.day_id = wanted),
        'asked', count(*) FILTER (WHERE c.state = 'asked'),
        'waiting', count(*) FILTER (WHERE c.state = 'waiting'),
        'held', coalesce(json_agg(json_build_object('squad_id', c.squad_id, 'squad', s.name, 'state', c.state)
                                  ORDER BY c.place) FILTER (WHERE c.place IS NOT NULL), '[]'))
    FROM vigil.claim c JOIN vigil.squad s USING (squad_id) WHERE c.day_id = wanted
$$;

-- Which in the waiting list a claim is: 1 is next. Null when it does not wait.
CREATE FUNCTION vigil.claim_ahead(c vigil.claim) RETURNS integer LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = pg_catalog, vigil AS $$
    SELECT count(*)::integer FROM vigil.claim w
    WHERE w.day_id = c.day_id AND w.state = 'waiting' AND w.rank <= c.rank
    HAVING c.state = 'waiting'
$$;

CREATE FUNCTION vigil.shift_taken(wanted bigint, as_role text) RETURNS integer LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = pg_catalog, vigil AS $$
    SELECT count(*)::integer FROM vigil.signup u
    WHERE u.shift_id = wanted AND u.role = as_role AND u.state NOT IN ('no_show', 'cancelled', 'swapped')
$$;

CREATE FUNCTION vigil.claim_leaders(wanted bigint) RETURNS SETOF bigint LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = pg_catalog, vigil AS $$
    SELECT m.person_id FROM vigil.claim c JOIN vigil.squad_member m USING (squad_id)
    WHERE c.claim_id = wanted AND m.role = 'leader' AND m.valid_to IS NULL
$$;

-- Whether two claims could exchange their days: both hold one, of the same organisation,
-- for different squads.
CREATE FUNCTION vigil.claim_swappable(mine bigint, other bigint) RETURNS boolean LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = pg_catalog, vigil AS $$
    SELECT EXISTS (SELECT FROM vigil.claim a JOIN vigil.claim b ON b.org_id = a.org_id AND b.squad_id <> a.squad_id
                   WHERE a.claim_id = mine AND b.claim_id = other
                     AND b.state IN ('claimed', 'confirmed') AND a.day_id <> b.day_id)
$$;

-- ------------------------------------------------------------------ being there

-- What the changing codes of shifts and patrol days are made from.
CREATE TABLE vigil.check_in_key (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    key      bytea NOT NULL
);
INSERT INTO vigil.check_in_key (key) VALUES (uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
REVOKE ALL ON vigil.check_in_key FROM PUBLIC;
GRANT SELECT ON vigil.check_in_key TO vigil_engine;

-- The code that is shown at a shift ('shift') or patrol day ('day') for two minutes:
-- eight letters without those that are mistaken for others.
CREATE FUNCTION vigil.check_in_code(kind text, id bigint, at timestamptz) RETURNS text LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = pg_catalog, vigil AS $$
    SELECT string_agg(substr('ABCDEFGHJKLMNPQRSTUVWXYZ23456789', (get_byte(h, i) & 31) + 1, 1), '' ORDER BY i)
    FROM (SELECT sha256(key || sha256(key || convert_to(
              kind || ' ' || id || ' ' || floor(extract(epoch FROM at) / 120)::bigint, 'UTF8'))) AS h
          FROM vigil.check_in_key) k, generate_series(0, 7) i
$$;

-- Where a shift stands, for whoever sees the shift.
CREATE FUNCTION vigil.shift_place(at_station bigint, at_lookout bigint, at_squad bigint) RETURNS json LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = pg_catalog, public, vigil AS $$
    SELECT json_build_object('kind', kind, 'id', id, 'name', name, 'place',
        CASE WHEN geom IS NOT NULL THEN json_build_object('lon', round(ST_X(geom)::numeric, 7),
            'lat', round(ST_Y(geom)::numeric, 7), 'frame', 'wgs84') END)
    FROM (SELECT 'station' AS kind, station_id AS id, name, geom FROM vigil.station WHERE station_id = at_station
          UNION ALL SELECT 'lookout_point', lookout_point_id, name, geom FROM vigil.lookout_point
          WHERE lookout_point_id = at_lookout
          UNION ALL SELECT 'squad', s.squad_id, s.name, t.geom FROM vigil.squad s LEFT JOIN vigil.station t USING (station_id)
          WHERE s.squad_id = at_squad) p
$$;

CREATE FUNCTION vigil.roster_squad_name(for_squad bigint) RETURNS text LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = pg_catalog, vigil AS $$
    SELECT name FROM vigil.squad WHERE squad_id = for_squad
$$;

-- Metres from where somebody stands to where she should be: her shift's place, or the
-- nearest street of the beat. Null when there is no such place.
CREATE FUNCTION vigil.signup_distance_m(wanted bigint, lon float8, lat float8) RETURNS float8 LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = pg_catalog, public, vigil AS $$
    SELECT min(ST_Distance(geom::geography, ST_SetSRID(ST_MakePoint(lon, lat), 4326)::geography))
    FROM (SELECT coalesce(t.geom, l.geom, h.geom) AS geom
          FROM vigil.signup u JOIN vigil.shift s USING (shift_id)
          LEFT JOIN vigil.station t ON t.station_id = s.station_id
          LEFT JOIN vigil.lookout_point l ON l.lookout_point_id = s.lookout_point_id
          LEFT JOIN vigil.squad q ON q.squad_id = s.squad_id
          LEFT JOIN vigil.station h ON h.station_id = q.station_id
          WHERE u.signup_id = wanted
          UNION ALL SELECT g.geom
          FROM vigil.signup u JOIN vigil.claim c USING (claim_id) JOIN vigil.patrol_day d USING (day_id)
          JOIN vigil.beat_segment b USING (beat_id) JOIN vigil.segment g USING (segment_id)
          WHERE u.signup_id = wanted) places
$$;

-- On duty while she is there, off duty afterwards.
CREATE FUNCTION vigil.signup_duty(who bigint, on_it boolean) RETURNS void LANGUAGE sql
SECURITY DEFINER SET search_path = pg_catalog, vigil AS $$
    UPDATE vigil.person SET on_duty = on_it, version = version + 1
    WHERE person_id = who AND valid_to IS NULL AND on_duty <> on_it
$$;

-- Another takes a place that is offered: 'taken', or why not. As the engine, because
-- she may not see the sign-up of her whom she relieves.
CREATE FUNCTION vigil.signup_take(wanted bigint, new_id bigint, taker bigint) RETURNS text LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, vigil AS $$
DECLARE
    was signup;
BEGIN
    SELECT * INTO was FROM signup WHERE signup_id = wanted FOR UPDATE;
    IF was.swap_offered_at IS NULL OR was.state NOT IN ('approved', 'confirmed')
        OR coalesce(was.swap_to, taker) <> taker OR was.person_id = taker THEN
        RETURN 'not_offered';
    ELSIF lower(was.during) <= clock_timestamp() THEN
        RETURN 'cut_off';
    ELSIF was.shift_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM person_reach WHERE person_id = taker AND ancestor_id = was.org_id)
        OR was.claim_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM claim c JOIN squad_member m USING (squad_id)
            WHERE c.claim_id = was.claim_id AND m.person_id = taker AND m.valid_to IS NULL) THEN
        RETURN 'not_offered';
    END IF;
    UPDATE signup SET state = 'swapped', version = version + 1 WHERE signup_id = wanted;
    INSERT INTO signup (signup_id, shift_id, claim_id, person_id, role, state, swapped_from)
    VALUES (new_id, was.shift_id, was.claim_id, taker, was.role, was.state, wanted);
    RETURN 'taken';
EXCEPTION WHEN exclusion_violation THEN
    RETURN 'rostered'; -- and nothing has changed
END $$;

-- Two squads exchange their days when each has asked for the other's: 'exchanged',
-- or why not. Their people are named anew.
CREATE FUNCTION vigil.claim_exchange(mine bigint, other bigint) RETURNS text LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, vigil AS $$
DECLARE
    a claim;
    b claim;
BEGIN
    PERFORM FROM claim WHERE claim_id IN (mine, other) ORDER BY claim_id FOR UPDATE;
    SELECT * INTO a FROM claim WHERE claim_id = mine;
    SELECT * INTO b FROM claim WHERE claim_id = other;
    IF NOT vigil.roster_may_claim(a.squad_id) OR b.swap_with IS DISTINCT FROM mine
        OR a.state NOT IN ('claimed', 'confirmed') OR b.state NOT IN ('claimed', 'confirmed') THEN
        RETURN 'offered';
    ELSIF EXISTS (SELECT FROM patrol_day WHERE day_id IN (a.day_id, b.day_id) AND cutoff_at <= clock_timestamp()) THEN
        RETURN 'cut_off';
    END IF;
    UPDATE signup SET state = 'cancelled', version = version + 1
    WHERE claim_id IN (mine, other) AND state IN ('requested', 'approved', 'confirmed');
    UPDATE claim c SET squad_id = o.squad_id, squad_org_id = o.squad_org_id, state = 'claimed', swap_with = NULL,
        version = c.version + 1
    FROM (VALUES (mine, b.squad_id, b.squad_org_id), (other, a.squad_id, a.squad_org_id)) o (claim_id, squad_id, squad_org_id)
    WHERE c.claim_id = o.claim_id;
    RETURN 'exchanged';
EXCEPTION
    WHEN unique_violation THEN
        RETURN 'again'; -- one of them waits for the other's day as well
    WHEN exclusion_violation THEN
        RETURN 'busy';
END $$;

-- Rows as answers carry them, with what of them the caller sees.
CREATE FUNCTION vigil.signup_json(u vigil.signup) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT json_build_object(
    'signup_id', u.signup_id, 'org_id', u.org_id, 'shift_id', u.shift_id, 'claim_id', u.claim_id,
    'person_id', u.person_id, 'role', u.role, 'state', u.state,
    'starts_at', vigil.rfc3339(lower(u.during)), 'ends_at', vigil.rfc3339(upper(u.during)),
    'late_min', u.late_min, 'swap', CASE WHEN u.swap_offered_at IS NOT NULL THEN json_build_object(
        'offered_at', vigil.rfc3339(u.swap_offered_at), 'to_person_id', u.swap_to) END,
    'swapped_from', u.swapped_from,
    'check_in', (SELECT json_build_object('how', k.how, 'at', vigil.rfc3339(k.at), 'distance_m', k.distance_m,
                     'by_person_id', k.by_person, 'note', k.note)
                 FROM vigil.checkin k WHERE k.signup_id = u.signup_id AND k.kind = 'in'),
    'check_out', (SELECT json_build_object('how', k.how, 'at', vigil.rfc3339(k.at), 'distance_m', k.distance_m,
                      'by_person_id', k.by_person, 'note', k.note)
                  FROM vigil.checkin k WHERE k.signup_id = u.signup_id AND k.kind = 'out'),
    'version', u.version)::text
$$;

CREATE FUNCTION vigil.claim_json(c vigil.claim) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT json_build_object(
    'claim_id', c.claim_id, 'day_id', c.day_id, 'org_id', c.org_id, 'squad_id', c.squad_id,
    'squad', vigil.roster_squad_name(c.squad_id), 'state', c.state, 'asked_at', vigil.rfc3339(c.asked_at),
    'fair', c.fair, 'rank', c.rank, 'place', c.place, 'waiting', vigil.claim_ahead(c), 'swap_with', c.swap_with,
    'starts_at', vigil.rfc3339(lower(c.during)), 'ends_at', vigil.rfc3339(upper(c.during)),
    'people', (SELECT count(*) FROM vigil.signup u
               WHERE u.claim_id = c.claim_id AND u.state NOT IN ('no_show', 'cancelled', 'swapped')),
    'version', c.version)::text
$$;

CREATE FUNCTION vigil.hours_json(h vigil.hours_entry) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT json_build_object(
    'entry_id', h.entry_id, 'org_id', h.org_id, 'person_id', h.person_id, 'kind', h.kind, 'activity', h.activity,
    'minutes', h.minutes, 'signup_id', h.signup_id, 'refers_to', h.refers_to, 'reason', h.reason,
    'evidence', json_build_object('check_in', h.checkin_in, 'in_how', i.how, 'in_at', vigil.rfc3339(i.at),
        'check_out', h.checkin_out, 'out_how', o.how, 'out_at', vigil.rfc3339(o.at)),
    'made_at', vigil.rfc3339(h.made_at))::text
    FROM (SELECT h.checkin_in, h.checkin_out) e
    LEFT JOIN vigil.checkin i ON i.checkin_id = e.checkin_in
    LEFT JOIN vigil.checkin o ON o.checkin_id = e.checkin_out
$$;

ALTER FUNCTION vigil.signup_placed() OWNER TO vigil_engine;
ALTER FUNCTION vigil.hours_checked() OWNER TO vigil_engine;
ALTER FUNCTION vigil.roster_orgs() OWNER TO vigil_engine;
ALTER FUNCTION vigil.roster_squads(boolean) OWNER TO vigil_engine;
ALTER FUNCTION vigil.roster_claims(boolean) OWNER TO vigil_engine;
ALTER FUNCTION vigil.roster_may_claim(bigint) OWNER TO vigil_engine;
ALTER FUNCTION vigil.claim_busy(bigint, tstzrange) OWNER TO vigil_engine;
ALTER FUNCTION vigil.claim_free_place(bigint) OWNER TO vigil_engine;
ALTER FUNCTION vigil.claim_ask(bigint, bigint, bigint) OWNER TO vigil_engine;
ALTER FUNCTION vigil.claim_serve(bigint) OWNER TO vigil_engine;
ALTER FUNCTION vigil.check_in_code(text, bigint, timestamptz) OWNER TO vigil_engine;
ALTER FUNCTION vigil.shift_place(bigint, bigint, bigint) OWNER TO vigil_engine;
ALTER FUNCTION vigil.roster_squad_name(bigint) OWNER TO vigil_engine;
ALTER FUNCTION vigil.signup_distance_m(bigint, float8, float8) OWNER TO vigil_engine;
ALTER FUNCTION vigil.signup_duty(bigint, boolean) OWNER TO vigil_engine;
ALTER FUNCTION vigil.signup_take(bigint, bigint, bigint) OWNER TO vigil_engine;
ALTER FUNCTION vigil.claim_exchange(bigint, bigint) OWNER TO vigil_engine;
ALTER FUNCTION vigil.patrol_stage(vigil.patrol_day, vigil.patrol_opening) OWNER TO vigil_engine;
ALTER FUNCTION vigil.patrol_tally(bigint) OWNER TO vigil_engine;
ALTER FUNCTION vigil.claim_ahead(vigil.claim) OWNER TO vigil_engine;
ALTER FUNCTION vigil.shift_taken(bigint, text) OWNER TO vigil_engine;
ALTER FUNCTION vigil.roster_led() OWNER TO vigil_engine;
ALTER FUNCTION vigil.claim_leaders(bigint) OWNER TO vigil_engine;
ALTER FUNCTION vigil.claim_swappable(bigint, bigint) OWNER TO vigil_engine;
ALTER FUNCTION vigil.signup_unfit(bigint) OWNER TO vigil_engine;
