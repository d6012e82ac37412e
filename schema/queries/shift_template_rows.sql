-- Templates of shifts: $1 up to which id or null, $2 after which id, $3 how many, $4 at or below which
-- organisation, $5 nothing, $6 and $7 from and to which day,
-- $8 nothing, $9 nothing.
SELECT s.template_id, s.version, json_build_object(
    'template_id', s.template_id, 'org_id', s.org_id, 'name', s.name,
    'at', vigil.shift_place(s.station_id, s.lookout_point_id, s.squad_id),
    'weekdays', (SELECT json_agg(d) FROM generate_series(1, 7) d WHERE s.weekdays >> (d - 1) & 1 = 1),
    'starts', to_char(make_time(s.starts_min / 60, s.starts_min % 60, 0), 'HH24:MI'), 'length_min', s.length_min,
    'cutoff_min', s.cutoff_min, 'joins', s.joins, 'approval', s.approval, 'radius_m', s.radius_m,
    'needs', (SELECT json_agg(json_build_object('role', n.role, 'min', n.min_count, 'max', n.max_count) ORDER BY n.role)
            FROM vigil.shift_template_need n WHERE n.template_id = s.template_id),
    'version', s.version, 'valid_from', vigil.rfc3339(s.valid_from), 'valid_to', vigil.rfc3339(s.valid_to))::text
FROM vigil.shift_template s
WHERE s.template_id > $2::bigint AND s.template_id <= coalesce($1::bigint, 9007199254740991)
  AND ($1 IS NOT NULL OR s.valid_to IS NULL)
  AND EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = s.org_id)
      AND ($4::bigint IS NULL OR s.org_id IN (SELECT org_id FROM vigil.org_reach WHERE ancestor_id = $4::bigint))
  AND $5::bigint IS NULL
  AND $6::text::date IS NULL
  AND $7::text::date IS NULL
  AND $8::text IS NULL
  AND $9::bigint IS NULL
ORDER BY s.template_id LIMIT $3::bigint;
