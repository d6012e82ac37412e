-- Unlogged: an import that does not end is done again from the file.
CREATE UNLOGGED TABLE vigil_staging.segment (
    way_id       bigint NOT NULL,
    from_node    bigint NOT NULL,
    to_node      bigint NOT NULL,
    ordinal      integer NOT NULL,
    start_cm     bigint NOT NULL,
    length_cm    integer NOT NULL,
    class        smallint NOT NULL,
    access       smallint NOT NULL,
    maxspeed_kmh smallint,
    name         text NOT NULL,
    name_zh      text NOT NULL,
    name_en      text NOT NULL,
    ref          text NOT NULL,
    geom         geometry(LineString, 4326) NOT NULL
)
