-- A shift with its needs: $12 to $14 role, least and most of each; $7 and $8 its time in
-- microseconds since 1970, $10 the city's time zone.
WITH added AS (
    INSERT INTO vigil.shift (shift_id, org_id, name, station_id, lookout_point_id, squad_id, day, during, cutoff_at,
        joins, approval, radius_m)
    SELECT $1::bigint, $2::bigint, $3::text, $4::bigint, $5::bigint, $6::bigint,
        (starts AT TIME ZONE $10::text)::date,
        tstzrange(starts, to_timestamp($8::bigint / 1e6)), starts - make_interval(mins => $9::integer),
        $11::text, $15::boolean, $16::integer
    FROM to_timestamp($7::bigint / 1e6) starts
    RETURNING shift_id, org_id
)
INSERT INTO vigil.shift_need (shift_id, role, org_id, min_count, max_count)
SELECT added.shift_id, n.role, added.org_id, n.least, n.most
FROM added, unnest(string_to_array($12::text, ' '), $13::integer[], $14::integer[]) n (role, least, most);
