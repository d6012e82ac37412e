-- Weeks of coverage that are kept up to date: what a stored week was worked out from, so that whoever looks again
-- sees what has changed since, and writes that alone.

-- A hash of the streets that count, whose each metre is and what it weighs. 0: not known, to be worked out anew.
ALTER TABLE vigil.cover_week ADD COLUMN ground bigint NOT NULL DEFAULT 0;

-- Each source of a stored week (a lookout point or a claim) with a hash of all that its intervals come of: the
-- engine's own, nobody else reads it.
CREATE TABLE vigil.cover_source (
    week_id   bigint NOT NULL REFERENCES vigil.cover_week ON DELETE CASCADE,
    layer     text NOT NULL CHECK (layer IN ('lookout', 'patrol', 'reach')),
    source_id bigint NOT NULL,
    mark      bigint NOT NULL,
    PRIMARY KEY (week_id, layer, source_id)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON vigil.cover_source TO vigil_engine;

-- The weeks that are kept, each with its first second: the city's weeks begin on Monday, at the whole hour in which its
-- midnight lies. Plans of so many weeks from this one on, and what was of this week and the last; besides every
-- stored plan that is not over, and every stored week of an earlier import. `night` says that it is time to go on with
-- what was: three o'clock in the city has passed since.
CREATE FUNCTION vigil.cover_kept(ahead integer, zone text)
RETURNS TABLE (kind text, starts_s bigint, night boolean) LANGUAGE sql STABLE
SET search_path = pg_catalog, vigil AS $$
    WITH clock AS (
        SELECT date_trunc('week', now() AT TIME ZONE zone) AS monday,
               (date_trunc('day', now() AT TIME ZONE zone - interval '3 hours') + interval '3 hours') AT TIME ZONE zone AS night
    ), wanted AS (
        SELECT 'plan' AS kind, date_trunc('hour', (monday + n * interval '7 days') AT TIME ZONE zone) AS starts_at
        FROM clock, generate_series(0, ahead - 1) n
        UNION
        SELECT 'actual', date_trunc('hour', (monday - n * interval '7 days') AT TIME ZONE zone)
        FROM clock, generate_series(0, 1) n WHERE ahead > 0
        UNION
        SELECT w.kind, w.starts_at FROM vigil.cover_week w
        WHERE ahead > 0 AND (w.kind = 'plan' AND w.starts_at + interval '7 days' > now()
                             OR w.import_id <> (SELECT import_id FROM vigil.import WHERE current))
    )
    SELECT n.kind, extract(epoch FROM n.starts_at)::bigint,
           n.kind = 'actual' AND w.known_to < least(c.night, n.starts_at + interval '7 days')
    FROM clock c, wanted n LEFT JOIN vigil.cover_week w USING (kind, starts_at)
    ORDER BY n.starts_at DESC, n.kind
$$;
REVOKE ALL ON FUNCTION vigil.cover_kept(integer, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.cover_kept(integer, text) TO vigil_engine;
