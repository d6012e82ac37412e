-- Evening shifts of the coming week at the made-up lookout points: $1 their ids, seven
-- for each point, $2 the city's time zone.
WITH slot AS (
    SELECT l.lookout_point_id, l.org_id, l.name, current_date + d AS day,
           row_number() OVER (ORDER BY l.lookout_point_id, d) AS k
    FROM vigil.lookout_point l, generate_series(0, 6) AS d
    WHERE l.code LIKE 'LOOKOUT-%' AND l.valid_to IS NULL
), made AS (
    INSERT INTO vigil.shift (shift_id, org_id, day, name, lookout_point_id, during, cutoff_at, joins, approval, radius_m)
    SELECT ($1::bigint[])[k], org_id, day, left(name, 60), lookout_point_id,
           tstzrange((day + time '20:00') AT TIME ZONE $2::text, (day + time '24:00') AT TIME ZONE $2),
           (day + time '18:00') AT TIME ZONE $2, 'members', false, 200
    FROM slot
    RETURNING shift_id, org_id
)
INSERT INTO vigil.shift_need (shift_id, role, org_id, min_count, max_count)
SELECT shift_id, 'member', org_id, 1, 3 FROM made;
