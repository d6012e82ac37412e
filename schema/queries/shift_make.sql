-- The shifts of template $1 on the days $2 with the ids $3. Beginning and end are what the
-- city's clock ($4 its time zone) shows, also where that clock is put forward or back
-- between them. How many it were: another may have made some in the meantime.
WITH made AS (
    INSERT INTO vigil.shift (shift_id, org_id, template_id, name, station_id, lookout_point_id, squad_id, day, during,
        cutoff_at, joins, approval, radius_m)
    SELECT d.id, t.org_id, t.template_id, t.name, t.station_id, t.lookout_point_id, t.squad_id, d.day,
        tstzrange(s.starts, s.ends), s.starts - make_interval(mins => t.cutoff_min), t.joins, t.approval, t.radius_m
    FROM vigil.shift_template t,
        unnest(string_to_array($2::text, ' ')::date[], $3::bigint[]) d (day, id),
        LATERAL (SELECT (d.day + make_interval(mins => t.starts_min)) AT TIME ZONE $4::text AS starts,
                        (d.day + make_interval(mins => t.starts_min + t.length_min)) AT TIME ZONE $4::text AS ends) s
    WHERE t.template_id = $1::bigint AND t.valid_to IS NULL
      AND EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = t.org_id)
      AND s.starts < s.ends
    ON CONFLICT (template_id, day) DO NOTHING
    RETURNING shift_id, template_id, org_id
), needed AS (
    INSERT INTO vigil.shift_need (shift_id, role, org_id, min_count, max_count)
    SELECT m.shift_id, n.role, m.org_id, n.min_count, n.max_count
    FROM made m JOIN vigil.shift_template_need n USING (template_id)
)
SELECT count(*) FROM made;
