-- Who stands where and when: shifts at stations, lookout points and of squads, beats
-- and patrols that squads claim (义巡日认领), being there, and the hours that come of it.
--
-- Three things are the table's own rules, so that no code can pass them by: a person
-- is in one place at a time (signup_one_place), a patrol day has no more squads than
-- places (claim_place), and an entry of the hours ledger stays as it was written.

CREATE EXTENSION IF NOT EXISTS btree_gist SCHEMA public;

-- ------------------------------------------------------------------ shifts

-- What comes again every week: from it the shifts of a week are made.
CREATE TABLE vigil.shift_template (
    template_id      bigint PRIMARY KEY,
    org_id           bigint NOT NULL REFERENCES vigil.org,
    name             text NOT NULL CHECK (octet_length(name) BETWEEN 1 AND 200),
    station_id       bigint REFERENCES vigil.station,
    lookout_point_id bigint REFERENCES vigil.lookout_point,
    squad_id         bigint REFERENCES vigil.squad,
    weekdays         integer NOT NULL CHECK (weekdays BETWEEN 1 AND 127), -- bit 0 is Monday
    starts_min       integer NOT NULL CHECK (starts_min BETWEEN 0 AND 1439), -- by the city's clock
    length_min       integer NOT NULL CHECK (length_min BETWEEN 15 AND 1440),
    cutoff_min       integer NOT NULL CHECK (cutoff_min BETWEEN 0 AND 43200), -- before the start
    joins            text NOT NULL CHECK (joins IN ('assigned', 'squad', 'members')),
    approval         boolean NOT NULL,
    radius_m         integer NOT NULL CHECK (radius_m BETWEEN 10 AND 5000),
    version          integer NOT NULL DEFAULT 1,
    valid_from       timestamptz NOT NULL DEFAULT now(),
    valid_to         timestamptz,
    CHECK (num_nonnulls(station_id, lookout_point_id, squad_id) = 1)
);
CREATE INDEX shift_template_org ON vigil.shift_template (org_id);

CREATE TABLE vigil.shift_template_need (
    template_id bigint NOT NULL REFERENCES vigil.shift_template,
    role        text NOT NULL CHECK (role ~ '^[a-z][a-z_]{0,39}$'),
    org_id      bigint NOT NULL REFERENCES vigil.org,
    min_count   integer NOT NULL CHECK (min_count BETWEEN 0 AND max_count),
    max_count   integer NOT NULL CHECK (max_count BETWEEN 1 AND 200),
    PRIMARY KEY (template_id, role)
);

-- A shift's time and place never change: it is cancelled and another one made.
CREATE TABLE vigil.shift (
    shift_id         bigint PRIMARY KEY,
    org_id           bigint NOT NULL REFERENCES vigil.org,
    template_id      bigint REFERENCES vigil.shift_template,
    day              date NOT NULL, -- on which it begins, by the city's calendar
    name             text NOT NULL CHECK (octet_length(name) BETWEEN 1 AND 200),
    station_id       bigint REFERENCES vigil.station,
    lookout_point_id bigint REFERENCES vigil.lookout_point,
    squad_id         bigint REFERENCES vigil.squad,
    during           tstzrange NOT NULL CHECK (NOT isempty(during)),
    cutoff_at        timestamptz NOT NULL,
    joins            text NOT NULL CHECK (joins IN ('assigned', 'squad', 'members')),
    approval         boolean NOT NULL,
    radius_m         integer NOT NULL CHECK (radius_m BETWEEN 10 AND 5000),
    state            text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'cancelled', 'ended')),
    alerted_at       timestamptz, -- that too few are coming; told once
    report           jsonb,       -- of how it went, when it has ended
    version          integer NOT NULL DEFAULT 1,
    made_at          timestamptz NOT NULL DEFAULT now(),
    UNIQUE (template_id, day),
    CHECK (num_nonnulls(station_id, lookout_point_id, squad_id) = 1),
    CHECK (cutoff_at <= lower(during))
);
CREATE INDEX shift_org ON vigil.shift (org_id, lower(during));
CREATE INDEX shift_to_watch ON vigil.shift (lower(during)) WHERE state = 'open';

CREATE TABLE vigil.shift_need (
    shift_id  bigint NOT NULL REFERENCES vigil.shift,
    role      text NOT NULL CHECK (role ~ '^[a-z][a-z_]{0,39}$'),
    org_id    bigint NOT NULL REFERENCES vigil.org,
    min_count integer NOT NULL CHECK (min_count BETWEEN 0 AND max_count),
    max_count integer NOT NULL CHECK (max_count BETWEEN 1 AND 200),
    PRIMARY KEY (shift_id, role)
);

-- ------------------------------------------------------------------ patrols

CREATE TABLE vigil.beat (
    beat_id    bigint PRIMARY KEY,
    org_id     bigint NOT NULL REFERENCES vigil.org,
    code       text NOT NULL CHECK (octet_length(code) BETWEEN 1 AND 40),
    name       text NOT NULL CHECK (octet_length(name) BETWEEN 1 AND 200),
    length_cm  bigint NOT NULL CHECK (length_cm > 0),
    version    integer NOT NULL DEFAULT 1,
    valid_from timestamptz NOT NULL DEFAULT now(),
    valid_to   timestamptz
);
CREATE UNIQUE INDEX beat_code ON vigil.beat (org_id, code) WHERE valid_to IS NULL;

-- The streets of a beat in the order they are walked.
CREATE TABLE vigil.beat_segment (
    beat_id    bigint NOT NULL REFERENCES vigil.beat,
    position   integer NOT NULL CHECK (position >= 1),
    segment_id bigint NOT NULL REFERENCES vigil.segment,
    org_id     bigint NOT NULL REFERENCES vigil.org,
    PRIMARY KEY (beat_id, position)
);

CREATE TABLE vigil.patrol_plan (
    plan_id    bigint PRIMARY KEY,
    org_id     bigint NOT NULL REFERENCES vigil.org,
    beat_id    bigint NOT NULL REFERENCES vigil.beat,
    name       text NOT NULL CHECK (octet_length(name) BETWEEN 1 AND 200),
    weekdays   integer NOT NULL CHECK (weekdays BETWEEN 1 AND 127),
    starts_min integer NOT NULL CHECK (starts_min BETWEEN 0 AND 1439),
    length_min integer NOT NULL CHECK (length_min BETWEEN 15 AND 1440),
    cutoff_min integer NOT NULL CHECK (cutoff_min BETWEEN 0 AND 43200),
    capacity   integer NOT NULL CHECK (capacity BETWEEN 1 AND 50), -- squads on one day
    min_people integer NOT NULL CHECK (min_people BETWEEN 1 AND max_people),
    max_people integer NOT NULL CHECK (max_people BETWEEN 1 AND 100),
    radius_m   integer NOT NULL CHECK (radius_m BETWEEN 10 AND 5000),
    version    integer NOT NULL DEFAULT 1,
    valid_from timestamptz NOT NULL DEFAULT now(),
    valid_to   timestamptz
);
CREATE INDEX patrol_plan_org ON vigil.patrol_plan (org_id);

-- The days of one month are opened for claiming at one moment. Who asks before
-- closes_at takes part in the draw: fewest days first, then the lot. The lot's seed is
-- made beforehand and told afterwards; its hash is told from the start.
CREATE TABLE vigil.patrol_opening (
    opening_id bigint PRIMARY KEY,
    plan_id    bigint NOT NULL REFERENCES vigil.patrol_plan,
    org_id     bigint NOT NULL REFERENCES vigil.org,
    month      date NOT NULL CHECK (extract(day FROM month) = 1),
    opens_at   timestamptz NOT NULL,
    closes_at  timestamptz NOT NULL CHECK (closes_at >= opens_at),
    seed       bytea NOT NULL CHECK (octet_length(seed) = 32),
    drawn_at   timestamptz CHECK (drawn_at >= closes_at),
    UNIQUE (plan_id, month)
);
CREATE INDEX patrol_opening_to_draw ON vigil.patrol_opening (closes_at) WHERE drawn_at IS NULL;

CREATE TABLE vigil.patrol_day (
    day_id     bigint PRIMARY KEY,
    opening_id bigint NOT NULL REFERENCES vigil.patrol_opening,
    plan_id    bigint NOT NULL REFERENCES vigil.patrol_plan,
    beat_id    bigint NOT NULL REFERENCES vigil.beat,
    org_id     bigint NOT NULL REFERENCES vigil.org,
    day        date NOT NULL,
    during     tstzrange NOT NULL CHECK (NOT isempty(during)),
    cutoff_at  timestamptz NOT NULL CHECK (cutoff_at <= lower(during)),
    min_people integer NOT NULL,
    max_people integer NOT NULL,
    radius_m   integer NOT NULL,
    state      text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'cancelled', 'ended')),
    alerted_at timestamptz,
    report     jsonb,
    version    integer NOT NULL DEFAULT 1,
    UNIQUE (plan_id, day)
);
CREATE INDEX patrol_day_month ON vigil.patrol_day (org_id, day);
CREATE INDEX patrol_day_opening ON vigil.patrol_day (opening_id);
CREATE INDEX patrol_day_to_watch ON vigil.patrol_day (lower(during)) WHERE state = 'open';

-- As many rows as squads may have the day. A claim that holds the day holds one of them.
CREATE TABLE vigil.patrol_place (
    day_id bigint NOT NULL REFERENCES vigil.patrol_day,
    place  integer NOT NULL CHECK (place BETWEEN 1 AND 50),
    org_id bigint NOT NULL REFERENCES vigil.org,
    PRIMARY KEY (day_id, place)
);

-- A squad's claim to a day. Whoever holds the day has a place of it, and nobody else:
-- so a day cannot be given away more often than it has places.
CREATE TABLE vigil.claim (
    claim_id     bigint PRIMARY KEY,
    day_id       bigint NOT NULL REFERENCES vigil.patrol_day,
    org_id       bigint NOT NULL REFERENCES vigil.org, -- the day's
    squad_id     bigint NOT NULL REFERENCES vigil.squad,
    squad_org_id bigint NOT NULL REFERENCES vigil.org,
    month        date NOT NULL,
    during       tstzrange NOT NULL,
    state        text NOT NULL CHECK (state IN ('asked', 'waiting', 'claimed', 'confirmed', 'started', 'paused',
        'finished', 'verified', 'credited', 'cancelled', 'abandoned', 'missed')),
    arrival      bigint GENERATED ALWAYS AS IDENTITY, -- the order in which they came
    asked_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    fair         boolean NOT NULL, -- came while the window was open: takes part in the draw
    rank         integer,          -- 1 is served first; null until the draw
    place        integer,
    swap_with    bigint REFERENCES vigil.claim, -- whose day she would take for hers
    version      integer NOT NULL DEFAULT 1,
    FOREIGN KEY (day_id, place) REFERENCES vigil.patrol_place (day_id, place),
    CONSTRAINT claim_place UNIQUE (day_id, place) DEFERRABLE,
    UNIQUE (day_id, rank),
    CONSTRAINT claim_holds CHECK ((place IS NOT NULL) =
        (state IN ('claimed', 'confirmed', 'started', 'paused', 'finished', 'verified', 'credited'))),
    CONSTRAINT claim_one_beat EXCLUDE USING gist (squad_id WITH =, during WITH &&)
        WHERE (place IS NOT NULL) DEFERRABLE
);
CREATE UNIQUE INDEX claim_once ON vigil.claim (day_id, squad_id)
    WHERE state NOT IN ('cancelled', 'abandoned', 'missed');
CREATE INDEX claim_month ON vigil.claim (squad_id, month) WHERE place IS NOT NULL;
CREATE INDEX claim_org ON vigil.claim (org_id);
CREATE INDEX claim_squad_org ON vigil.claim (squad_org_id);

-- ------------------------------------------------------------------ people in their places

-- One person in one place of a shift or of a claimed patrol day. Its time is the
-- shift's or the day's own (signup_placed).
CREATE TABLE vigil.signup (
    signup_id       bigint PRIMARY KEY,
    org_id          bigint NOT NULL REFERENCES vigil.org,
    shift_id        bigint REFERENCES vigil.shift,
    claim_id        bigint REFERENCES vigil.claim,
    person_id       bigint NOT NULL REFERENCES vigil.person,
    role            text NOT NULL CHECK (role ~ '^[a-z][a-z_]{0,39}$'),
    during          tstzrange NOT NULL,
    state           text NOT NULL CHECK (state IN ('requested', 'approved', 'confirmed', 'checked_in', 'checked_out',
        'credited', 'no_show', 'cancelled', 'swapped')),
    late_min        integer CHECK (late_min > 0),
    swap_offered_at timestamptz,
    swap_to         bigint REFERENCES vigil.person, -- null: to anyone who may join
    swapped_from    bigint REFERENCES vigil.signup,
    made_at         timestamptz NOT NULL DEFAULT now(),
    version         integer NOT NULL DEFAULT 1,
    CHECK (num_nonnulls(shift_id, claim_id) = 1),
    CONSTRAINT signup_one_place EXCLUDE USING gist (person_id WITH =, during WITH &&)
        WHERE (state NOT IN ('no_show', 'cancelled', 'swapped'))
);
CREATE INDEX signup_shift ON vigil.signup (shift_id) WHERE shift_id IS NOT NULL;
CREATE INDEX signup_claim ON vigil.signup (claim_id) WHERE claim_id IS NOT NULL;
CREATE INDEX signup_person ON vigil.signup (person_id, lower(during));
CREATE INDEX signup_present ON vigil.signup (upper(during)) WHERE state = 'checked_in';

-- Whose it is and when comes from the shift or the day; and no role has more people
-- than the shift needs, no claim more than a squad goes with. The parent's lock makes
-- those who come at the same moment take turns.
CREATE FUNCTION vigil.signup_placed() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, vigil AS $$
DECLARE
    most  integer;
    there integer;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.shift_id, NEW.claim_id, NEW.person_id, NEW.during, NEW.org_id)
            IS DISTINCT FROM (OLD.shift_id, OLD.claim_id, OLD.person_id, OLD.during, OLD.org_id) THEN
            RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'signup_fixed',
                MESSAGE = 'a sign-up keeps its person, place and time';
        END IF;
        IF OLD.state NOT IN ('no_show', 'cancelled', 'swapped') THEN
            RETURN NEW; -- she has her place
        END IF;
    END IF;
    IF NEW.state IN ('no_show', 'cancelled', 'swapped') THEN
        RETURN NEW;
    END IF;
    IF NEW.shift_id IS NOT NULL THEN
        SELECT s.org_id, s.during INTO NEW.org_id, NEW.during FROM shift s WHERE s.shift_id = NEW.shift_id;
        SELECT max_count INTO most FROM shift_need n
        WHERE n.shift_id = NEW.shift_id AND n.role = NEW.role FOR UPDATE;
    ELSE
        SELECT d.org_id, d.during, d.max_people INTO NEW.org_id, NEW.during, most
        FROM claim c JOIN patrol_day d USING (day_id) WHERE c.claim_id = NEW.claim_id FOR UPDATE OF c;
    END IF;
    SELECT count(*) INTO there FROM signup u
    WHERE u.signup_id <> NEW.signup_id AND u.state NOT IN ('no_show', 'cancelled', 'swapped')
      AND (u.claim_id = NEW.claim_id OR (u.shift_id = NEW.shift_id AND u.role = NEW.role));
    IF most IS NULL OR there >= most THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'signup_full',
            MESSAGE = 'this role has no place left';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER signup_placed BEFORE INSERT OR UPDATE ON vigil.signup
    FOR EACH ROW EXECUTE FUNCTION vigil.signup_placed();

-- That she came and that she left, how it is known, and who says so. Added to, never changed.
CREATE TABLE vigil.checkin (
    checkin_id bigint PRIMARY KEY,
    signup_id  bigint NOT NULL REFERENCES vigil.signup,
    org_id     bigint NOT NULL REFERENCES vigil.org,
    person_id  bigint NOT NULL REFERENCES vigil.person,
    kind       text NOT NULL CHECK (kind IN ('in', 'out')),
    how        text NOT NULL CHECK (how IN ('qr', 'geofence', 'hand', 'auto')),
    at         timestamptz NOT NULL DEFAULT now(),
    distance_m integer CHECK ((distance_m IS NOT NULL) = (how = 'geofence')),
    note       text CHECK (octet_length(note) BETWEEN 1 AND 300),
    token_id   bigint, -- who did it: null is the engine
    by_person  bigint,
    UNIQUE (signup_id, kind)
);

-- ------------------------------------------------------------------ hours

-- The ledger of hours served. An entry says what it rests on and stays as it is; what
-- was wrong is taken back by an entry that refers to it. A balance is a sum.
CREATE TABLE vigil.hours_entry (
    entry_id    bigint PRIMARY KEY,
    org_id      bigint NOT NULL REFERENCES vigil.org,
    person_id   bigint NOT NULL REFERENCES vigil.person,
    kind        text NOT NULL CHECK (kind IN ('earned', 'reversal', 'correction')),
    activity    text NOT NULL CHECK (activity IN ('shift', 'patrol')),
    minutes     integer NOT NULL CHECK (minutes BETWEEN -1440 AND 1440),
    signup_id   bigint NOT NULL REFERENCES vigil.signup,
    checkin_in  bigint REFERENCES vigil.checkin,
    checkin_out bigint REFERENCES vigil.checkin,
    refers_to   bigint REFERENCES vigil.hours_entry,
    reason      text CHECK (octet_length(reason) BETWEEN 1 AND 300),
    made_at     timestamptz NOT NULL DEFAULT now(),
    token_id    bigint,
    CHECK ((kind = 'earned') = (refers_to IS NULL)),
    CHECK (kind = 'earned' OR reason IS NOT NULL),
    CHECK (kind = 'reversal' OR minutes >= 0),
    CONSTRAINT hours_referred_once UNIQUE (refers_to)
);
CREATE UNIQUE INDEX hours_earned_once ON vigil.hours_entry (signup_id) WHERE kind = 'earned';
CREATE INDEX hours_person ON vigil.hours_entry (person_id, entry_id);
CREATE INDEX hours_org ON vigil.hours_entry (org_id, entry_id);

-- A reversal takes back exactly what it refers to, once; a correction stands in the
-- place of what a reversal took back.
CREATE FUNCTION vigil.hours_checked() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, vigil AS $$
DECLARE
    was hours_entry;
BEGIN
    IF NEW.kind = 'earned' THEN
        RETURN NEW;
    END IF;
    SELECT * INTO was FROM hours_entry WHERE entry_id = NEW.refers_to;
    IF (NEW.person_id, NEW.org_id, NEW.signup_id, NEW.activity)
            IS DISTINCT FROM (was.person_id, was.org_id, was.signup_id, was.activity)
        OR (NEW.kind = 'reversal' AND (was.kind = 'reversal' OR NEW.minutes <> -was.minutes))
        OR (NEW.kind = 'correction' AND was.kind <> 'reversal') THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'hours_refers',
            MESSAGE = 'an entry that refers to another must match it';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hours_checked BEFORE INSERT ON vigil.hours_entry
    FOR EACH ROW EXECUTE FUNCTION vigil.hours_checked();

-- Not even the owner of the tables edits what is evidence.
CREATE FUNCTION vigil.roster_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege',
        MESSAGE = format('%s is added to and never changed', TG_TABLE_NAME);
END $$;
CREATE TRIGGER hours_kept BEFORE UPDATE OR DELETE ON vigil.hours_entry
    FOR EACH ROW EXECUTE FUNCTION vigil.roster_kept();
CREATE TRIGGER hours_not_emptied BEFORE TRUNCATE ON vigil.hours_entry
    FOR EACH STATEMENT EXECUTE FUNCTION vigil.roster_kept();
CREATE TRIGGER checkin_kept BEFORE UPDATE OR DELETE ON vigil.checkin
    FOR EACH ROW EXECUTE FUNCTION vigil.roster_kept();
CREATE TRIGGER checkin_not_emptied BEFORE TRUNCATE ON vigil.checkin
    FOR EACH STATEMENT EXECUTE FUNCTION vigil.roster_kept();
