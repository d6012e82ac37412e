-- One draw at a time in the city: each counts what those before it gave away. No row when
-- another has drawn this opening.
WITH alone AS MATERIALIZED (SELECT pg_advisory_xact_lock(847122001))
SELECT o.seed, o.org_id, to_char(o.month, 'YYYY-MM')
FROM alone, vigil.patrol_opening o
WHERE o.opening_id = $1::bigint AND o.drawn_at IS NULL FOR UPDATE OF o;
