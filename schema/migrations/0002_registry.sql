-- What lists, searches and repeated requests need: the key of cursors, folded
-- names, and where an idempotent answer said the new thing is.

CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- One row: cursors of lists are sealed with it, so that only this city's own are read.
CREATE TABLE vigil.cursor_key (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    key      bytea NOT NULL
);
INSERT INTO vigil.cursor_key (key)
VALUES (uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));

ALTER TABLE vigil.idempotency ADD COLUMN location text;
CREATE INDEX idempotency_age ON vigil.idempotency (created_at);

-- A name as it is compared: compatibility forms made one (full width letters are
-- letters), without accents, in lower case, each run of blanks one blank. The
-- letters that no decomposition reaches are spelt out.
CREATE FUNCTION vigil.fold(name text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT btrim(regexp_replace(
        replace(replace(replace(translate(
            lower(regexp_replace(normalize(name, NFKD), U&'[\0300-\036F]', '', 'g') COLLATE "und-x-icu"),
            U&'\00F8\0142\0111\0131\00F0', 'oldid'), U&'\00DF', 'ss'), U&'\00E6', 'ae'), U&'\0153', 'oe'),
        '\s+', ' ', 'g'))
$$;

-- The LIKE pattern of folded names that contain what was typed: its words in their
-- order, whatever stands between them.
CREATE FUNCTION vigil.containing(typed text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT '%' || replace(replace(replace(replace(vigil.fold(typed), '\', '\\'), '%', '\%'), '_', '\_'), ' ', '%')
        || '%'
$$;

-- A time as answers write it: RFC 3339 in UTC with milliseconds.
CREATE FUNCTION vigil.rfc3339(moment timestamptz) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;

CREATE INDEX station_words ON vigil.station
    USING gin (vigil.fold(name || ' ' || code) gin_trgm_ops) WHERE valid_to IS NULL;
CREATE INDEX lookout_point_words ON vigil.lookout_point
    USING gin (vigil.fold(name || ' ' || code) gin_trgm_ops) WHERE valid_to IS NULL;

-- The community that a grid's code names: what its profile puts before the
-- running number; of a free code, what stands before its last hyphen.
CREATE FUNCTION vigil.grid_community(profile text, code text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $$
    SELECT CASE profile
        WHEN 'DB11-15' THEN left(code, 12)
        WHEN 'CJT213-14' THEN left(code, 12)
        WHEN 'CJT349-20' THEN left(code, 18)
        ELSE regexp_replace(code, '-?[^-]*$', '')
    END
$$;
