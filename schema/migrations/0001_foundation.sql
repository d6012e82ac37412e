-- The foundation: imports and streets, places, people and their positions,
-- tokens. Every geometry is EPSG:4326 (WGS 84) and checked to be valid.

-- PostGIS may be created by a superuser only, pg_trgm by the database's owner. Both in
-- public: a role named vigil would otherwise get them into the schema of its name.
CREATE EXTENSION IF NOT EXISTS postgis SCHEMA public;
CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public;

CREATE SCHEMA IF NOT EXISTS vigil; -- migrate made it for its own table

-- Ids come in blocks of 1,000: whoever takes a value owns it and the 999 after.
CREATE SEQUENCE vigil.id_block AS bigint START 1000 INCREMENT 1000 MAXVALUE 9007199254740000;

-- One row a map layer: whoever changes the layer's rows counts it up, and tiles
-- that were cached under an older version are no longer served.
CREATE TABLE vigil.layer_version (
    layer   text PRIMARY KEY,
    version bigint NOT NULL DEFAULT 1
);

-- ------------------------------------------------------------------ streets

CREATE TABLE vigil.import (
    import_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    file_name     text NOT NULL,
    file_sha256   text NOT NULL,
    city_name     text NOT NULL,
    attribution   text NOT NULL,
    started_at    timestamptz NOT NULL DEFAULT now(),
    finished_at   timestamptz,
    segment_count integer,
    bounds        geometry(Polygon, 4326),
    current       boolean NOT NULL DEFAULT false
);
CREATE UNIQUE INDEX import_one_current ON vigil.import (current) WHERE current;

-- The undirected piece of one way between two junctions. It keeps its id from
-- import to import while (way, from, to, ordinal) stays; one that is gone is
-- retired, never deleted. ordinal tells apart pieces of one way between the same
-- two nodes. access: bit 0 foot forward, 1 foot back, 2 e-bike forward, 3 e-bike
-- back, 4 car forward, 5 car back. class: enum street_class of geo/road/network.h.
CREATE TABLE vigil.segment (
    segment_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    way_id       bigint NOT NULL,
    from_node    bigint NOT NULL,
    to_node      bigint NOT NULL,
    ordinal      integer NOT NULL,
    start_cm     bigint NOT NULL,      -- measure of its start along the way
    length_cm    integer NOT NULL CHECK (length_cm > 0),
    class        smallint NOT NULL,
    access       smallint NOT NULL,
    maxspeed_kmh smallint,             -- null: the class decides
    name         text NOT NULL DEFAULT '', -- as the street is signed: else name_zh, name_en, ref
    name_zh      text NOT NULL DEFAULT '',
    name_en      text NOT NULL DEFAULT '',
    ref          text NOT NULL DEFAULT '', -- road number: G104
    geom         geometry(LineString, 4326) NOT NULL CHECK (ST_IsValid(geom)),
    import_id    bigint NOT NULL REFERENCES vigil.import, -- that saw it last
    valid_from   timestamptz NOT NULL DEFAULT now(),
    valid_to     timestamptz
);
CREATE UNIQUE INDEX segment_identity ON vigil.segment (way_id, from_node, to_node, ordinal)
    WHERE valid_to IS NULL;
CREATE INDEX segment_geom ON vigil.segment USING gist (geom) WHERE valid_to IS NULL;

-- Kilometres an hour by class and mode; null: the mode may not go there. A city
-- changes its speeds here.
CREATE TABLE vigil.speed (
    class smallint NOT NULL,
    mode  text NOT NULL CHECK (mode IN ('foot', 'ebike', 'car')),
    kmh   double precision CHECK (kmh > 0 AND kmh <= 150),
    PRIMARY KEY (class, mode)
);

-- To begin with: 1.2 m/s on foot and half of that on stairs, 4.2 m/s by e-bike
-- where one can ride, and cars as a city lets them through, halts included.
INSERT INTO vigil.speed (class, mode, kmh)
SELECT d.class, m.mode, m.kmh
FROM (VALUES (0, 4.32, NULL, 90), (1, 4.32, 15.12, 65), (2, 4.32, 15.12, 45), (3, 4.32, 15.12, 40),
             (4, 4.32, 15.12, 35), (5, 4.32, 15.12, 25), (6, 4.32, 15.12, 15), (7, 4.32, 12, 15),
             (8, 4.32, 6, 8), (9, 4.32, 15.12, 8), (10, 4.32, 12, 8), (11, 2.16, NULL, NULL),
             (12, 10, 10, 10)) AS d (class, foot, ebike, car),
     LATERAL (VALUES ('foot', foot), ('ebike', ebike), ('car', car)) AS m (mode, kmh);

-- Turn restrictions, kept for the road engine: role 'via' may be a node or ways.
CREATE TABLE vigil.restriction (
    relation_id bigint PRIMARY KEY,
    kind        text NOT NULL,          -- no_left_turn, only_straight_on, …
    tags        jsonb NOT NULL,         -- except, conditional forms, modes
    members     jsonb NOT NULL,         -- [{"type": "w", "ref": 1, "role": "from"}, …] in order
    import_id   bigint NOT NULL REFERENCES vigil.import
);

-- Gates, bollards, lift gates. Segments end at those that lie on a street, so
-- that their ids need not change when barriers begin to count.
CREATE TABLE vigil.barrier (
    node_id   bigint PRIMARY KEY,
    kind      text NOT NULL,
    tags      jsonb NOT NULL,
    geom      geometry(Point, 4326) NOT NULL,
    import_id bigint NOT NULL REFERENCES vigil.import
);

-- ------------------------------------------------------------------ base map

-- What the extract has beside streets. Replaced whole by every import.
CREATE SCHEMA osm;

CREATE TABLE osm.water (
    osm_id bigint NOT NULL,             -- negative: a relation
    kind   text NOT NULL,               -- water, river, stream, canal, dock, …
    name   text NOT NULL DEFAULT '',
    geom   geometry(Geometry, 4326) NOT NULL CHECK (ST_IsValid(geom)) -- areas and lines
);
CREATE INDEX water_geom ON osm.water USING gist (geom);

CREATE TABLE osm.green (
    osm_id bigint NOT NULL,
    kind   text NOT NULL,               -- park, forest, grass, garden, …
    name   text NOT NULL DEFAULT '',
    geom   geometry(MultiPolygon, 4326) NOT NULL CHECK (ST_IsValid(geom))
);
CREATE INDEX green_geom ON osm.green USING gist (geom);

CREATE TABLE osm.building (
    osm_id bigint NOT NULL,
    kind   text NOT NULL,               -- the building tag's value
    name   text NOT NULL DEFAULT '',
    geom   geometry(MultiPolygon, 4326) NOT NULL CHECK (ST_IsValid(geom))
);
CREATE INDEX building_geom ON osm.building USING gist (geom);

CREATE TABLE osm.place (
    osm_id bigint NOT NULL,
    kind   text NOT NULL,               -- city, town, village, suburb, neighbourhood, …
    name   text NOT NULL,
    tags   jsonb NOT NULL DEFAULT '{}', -- name:*, population
    geom   geometry(Point, 4326) NOT NULL
);
CREATE INDEX place_geom ON osm.place USING gist (geom);

CREATE TABLE osm.boundary (
    osm_id      bigint NOT NULL,
    kind        text NOT NULL DEFAULT 'administrative',
    admin_level integer,
    name        text NOT NULL DEFAULT '',
    geom        geometry(Geometry, 4326) NOT NULL CHECK (ST_IsValid(geom)) -- areas; lines where cut
);
CREATE INDEX boundary_geom ON osm.boundary USING gist (geom);

-- Names to search for: streets, places, and what people go to. name_folded is
-- lower case without accents; weight is larger for what is looked for more often.
CREATE TABLE osm.name (
    name        text NOT NULL,
    name_folded text NOT NULL,
    kind        text NOT NULL,          -- street, place, poi
    geom        geometry(Point, 4326) NOT NULL,
    segment_id  bigint,                 -- of a street: its segment nearest to geom
    weight      real NOT NULL
);
CREATE INDEX name_folded ON osm.name USING gin (name_folded gin_trgm_ops);

-- ------------------------------------------------------------------ places

CREATE TABLE vigil.station (
    station_id    bigint PRIMARY KEY,
    code          text NOT NULL,
    name          text NOT NULL,
    address       text NOT NULL DEFAULT '',
    opening_hours text NOT NULL DEFAULT '',
    phone         text NOT NULL DEFAULT '',
    geom          geometry(Point, 4326) NOT NULL,
    version       integer NOT NULL DEFAULT 1,
    valid_from    timestamptz NOT NULL DEFAULT now(),
    valid_to      timestamptz
);
CREATE UNIQUE INDEX station_code ON vigil.station (code) WHERE valid_to IS NULL;
CREATE INDEX station_geom ON vigil.station USING gist (geom) WHERE valid_to IS NULL;

CREATE TABLE vigil.lookout_point (
    lookout_point_id bigint PRIMARY KEY,
    code             text NOT NULL,
    name             text NOT NULL,
    state            text NOT NULL DEFAULT 'proposed'
        CHECK (state IN ('proposed', 'approved', 'active', 'suspended', 'closed')),
    reach_m          integer NOT NULL DEFAULT 100 CHECK (reach_m BETWEEN 1 AND 5000),
    min_staff        integer NOT NULL DEFAULT 1 CHECK (min_staff BETWEEN 0 AND 100),
    hours            text NOT NULL DEFAULT '',
    geom             geometry(Point, 4326) NOT NULL,
    version          integer NOT NULL DEFAULT 1,
    valid_from       timestamptz NOT NULL DEFAULT now(),
    valid_to         timestamptz
);
CREATE UNIQUE INDEX lookout_point_code ON vigil.lookout_point (code) WHERE valid_to IS NULL;
CREATE INDEX lookout_point_geom ON vigil.lookout_point USING gist (geom) WHERE valid_to IS NULL;

CREATE TABLE vigil.grid (
    grid_id     bigint PRIMARY KEY,
    code        text NOT NULL,
    profile     text NOT NULL CHECK (profile IN ('DB11-15', 'CJT213-14', 'CJT349-20', 'free')),
    name        text NOT NULL DEFAULT '',
    kind        text NOT NULL CHECK (kind IN ('square', 'hexagon', 'drawn')),
    responsible text NOT NULL DEFAULT '',
    geom        geometry(MultiPolygon, 4326) NOT NULL CHECK (ST_IsValid(geom)),
    version     integer NOT NULL DEFAULT 1,
    valid_from  timestamptz NOT NULL DEFAULT now(),
    valid_to    timestamptz
);
CREATE UNIQUE INDEX grid_code ON vigil.grid (profile, code) WHERE valid_to IS NULL;
CREATE INDEX grid_geom ON vigil.grid USING gist (geom) WHERE valid_to IS NULL;

-- ------------------------------------------------------------------ people

CREATE TABLE vigil.skill (
    skill_bit smallint PRIMARY KEY CHECK (skill_bit BETWEEN 0 AND 62),
    word      text NOT NULL UNIQUE
);

CREATE TABLE vigil.person (
    person_id    bigint PRIMARY KEY,
    display_name text NOT NULL,
    mode         text NOT NULL DEFAULT 'foot' CHECK (mode IN ('foot', 'ebike', 'car')),
    skills       bigint NOT NULL DEFAULT 0,
    on_duty      boolean NOT NULL DEFAULT true,
    valid_from   timestamptz NOT NULL DEFAULT now(),
    valid_to     timestamptz
);

-- The last position: two integers of 1e-7 degree and no index but the key, so
-- that every update stays on its page. Times are microseconds since
-- 1970 in UTC.
CREATE TABLE vigil.position_last (
    person_id   bigint PRIMARY KEY REFERENCES vigil.person,
    lon_e7      integer NOT NULL,
    lat_e7      integer NOT NULL,
    accuracy_dm integer,                 -- decimetres
    speed_cms   integer,                 -- centimetres a second
    fix_us      bigint NOT NULL,         -- the device's time
    received_us bigint NOT NULL          -- ours
) WITH (fillfactor = 50);

CREATE TABLE vigil.position_history (
    person_id   bigint NOT NULL,
    lon_e7      integer NOT NULL,
    lat_e7      integer NOT NULL,
    accuracy_dm integer,
    speed_cms   integer,
    fix_us      bigint NOT NULL,
    received_us bigint NOT NULL
) PARTITION BY RANGE (received_us);
CREATE TABLE vigil.position_history_default PARTITION OF vigil.position_history DEFAULT;

-- Makes the partitions of the hours from now to now + ahead, each with a BRIN
-- over the time of receipt; returns how many were new.
CREATE FUNCTION vigil.position_history_ahead(ahead interval) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    hour_us constant bigint := 3600000000;
    start_us bigint := floor(extract(epoch FROM now()) / 3600)::bigint * hour_us;
    stop_us  bigint := (extract(epoch FROM now() + ahead) * 1000000)::bigint;
    name     text;
    made     integer := 0;
BEGIN
    WHILE start_us <= stop_us LOOP
        name := 'position_history_' || to_char(to_timestamp(start_us / 1000000) AT TIME ZONE 'UTC', 'YYYYMMDD_HH24');
        IF to_regclass('vigil.' || name) IS NULL THEN
            EXECUTE format('CREATE TABLE vigil.%I PARTITION OF vigil.position_history FOR VALUES FROM (%s) TO (%s)',
                           name, start_us, start_us + hour_us);
            EXECUTE format('CREATE INDEX ON vigil.%I USING brin (received_us)', name);
            made := made + 1;
        END IF;
        start_us := start_us + hour_us;
    END LOOP;
    RETURN made;
END $$;

-- ------------------------------------------------------------------ signing in

CREATE TABLE vigil.token (
    token_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    label        text NOT NULL,
    role         text NOT NULL,
    org_id       bigint,                -- null: the whole city
    secret_hash  bytea NOT NULL UNIQUE, -- SHA-256 of 256 random bits
    kind         text NOT NULL CHECK (kind IN ('bearer', 'enter', 'session')),
    created_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL,
    used_at      timestamptz,
    revoked_at   timestamptz
);

CREATE TABLE vigil.idempotency (
    token_id    bigint NOT NULL,
    key         text NOT NULL,
    body_hash   bytea NOT NULL,
    status      integer NOT NULL,
    content_type text NOT NULL,
    answer      bytea NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (token_id, key)
);

-- ------------------------------------------------------------------ for QGIS and SQL users

CREATE VIEW vigil.person_position AS
SELECT p.person_id, p.display_name, p.mode, p.on_duty,
       to_timestamp(l.fix_us / 1e6) AS fix_time, to_timestamp(l.received_us / 1e6) AS receive_time,
       l.accuracy_dm / 10.0 AS accuracy_m,
       ST_SetSRID(ST_MakePoint(l.lon_e7 / 1e7, l.lat_e7 / 1e7), 4326)::geometry(Point, 4326) AS geom
FROM vigil.person p JOIN vigil.position_last l USING (person_id)
WHERE p.valid_to IS NULL;

CREATE VIEW vigil.street AS
SELECT segment_id, way_id, name, class, access, maxspeed_kmh, length_cm / 100.0 AS length_m, geom
FROM vigil.segment WHERE valid_to IS NULL;
