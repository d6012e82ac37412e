-- A template with its needs: $12 to $14 role, least and most of each.
WITH added AS (
    INSERT INTO vigil.shift_template (template_id, org_id, name, station_id, lookout_point_id, squad_id, weekdays,
        starts_min, length_min, cutoff_min, joins, approval, radius_m)
    VALUES ($1::bigint, $2::bigint, $3::text, $4::bigint, $5::bigint, $6::bigint, $7::integer,
        $8::integer, $9::integer, $10::integer, $11::text, $15::boolean, $16::integer)
    RETURNING template_id, org_id
)
INSERT INTO vigil.shift_template_need (template_id, role, org_id, min_count, max_count)
SELECT added.template_id, n.role, added.org_id, n.least, n.most
FROM added, unnest(string_to_array($12::text, ' '), $13::integer[], $14::integer[]) n (role, least, most);
