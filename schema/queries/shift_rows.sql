-- Shifts: $1 up to which id or null, $2 after which id, $3 how many, $4 at or below which
-- organisation, $5 of which template, $6 and $7 from and to which day,
-- $8 state, $9 in which place: a station, lookout point or squad.
SELECT s.shift_id, s.version, json_build_object(
    'shift_id', s.shift_id, 'org_id', s.org_id, 'template_id', s.template_id, 'name', s.name, 'day', s.day,
    'at', vigil.shift_place(s.station_id, s.lookout_point_id, s.squad_id),
    'starts_at', vigil.rfc3339(lower(s.during)), 'ends_at', vigil.rfc3339(upper(s.during)),
    'cutoff_at', vigil.rfc3339(s.cutoff_at), 'joins', s.joins, 'approval', s.approval, 'radius_m', s.radius_m,
    'needs', (SELECT json_agg(json_build_object('role', n.role, 'min', n.min_count, 'max', n.max_count, 'taken', vigil.shift_taken(n.shift_id, n.role)) ORDER BY n.role)
            FROM vigil.shift_need n WHERE n.shift_id = s.shift_id),
    'state', s.state, 'report', s.report, 'version', s.version)::text
FROM vigil.shift s
WHERE s.shift_id > $2::bigint AND s.shift_id <= coalesce($1::bigint, 9007199254740991)
  AND (EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = s.org_id)
       OR s.org_id IN (SELECT vigil.roster_orgs() WHERE vigil.scope_person() IS NOT NULL))
  AND ($4::bigint IS NULL OR s.org_id IN (SELECT org_id FROM vigil.org_reach WHERE ancestor_id = $4::bigint))
  AND ($5::bigint IS NULL OR s.template_id = $5) AND ($6::text::date IS NULL OR s.day >= $6::text::date)
  AND ($7::text::date IS NULL OR s.day <= $7::text::date) AND ($8::text IS NULL OR s.state = $8)
  AND ($9::bigint IS NULL OR $9 IN (s.station_id, s.lookout_point_id, s.squad_id))
ORDER BY s.shift_id LIMIT $3::bigint;
