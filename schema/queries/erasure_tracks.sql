-- The same of packed hours and of incidents' tracks. An hour goes whole.
WITH wanted AS MATERIALIZED (
    SELECT person_id, max(until_us) AS until_us FROM unnest($1::bigint[], $2::bigint[]) AS w (person_id, until_us)
    GROUP BY person_id
), hours AS (
    DELETE FROM vigil.track_hour h USING wanted w
    WHERE h.person_id = w.person_id AND h.hour_us < w.until_us
    RETURNING h.person_id, h.fix_count
), copies AS (
    DELETE FROM vigil.incident_track t USING wanted w
    WHERE t.person_id = w.person_id AND t.from_us < w.until_us
    RETURNING t.person_id, t.fix_count
)
SELECT person_id, sum(fix_count) FROM (SELECT * FROM hours UNION ALL SELECT * FROM copies) g GROUP BY person_id;
