-- Patrol plans: $1 up to which id or null, $2 after which id, $3 how many, $4 at or below which
-- organisation, $5 of which beat, $6 and $7 from and to which day,
-- $8 nothing, $9 nothing.
SELECT p.plan_id, p.version, json_build_object(
    'plan_id', p.plan_id, 'org_id', p.org_id, 'beat_id', p.beat_id, 'name', p.name,
    'weekdays', (SELECT json_agg(d) FROM generate_series(1, 7) d WHERE p.weekdays >> (d - 1) & 1 = 1),
    'starts', to_char(make_time(p.starts_min / 60, p.starts_min % 60, 0), 'HH24:MI'), 'length_min', p.length_min,
    'cutoff_min', p.cutoff_min, 'capacity', p.capacity, 'min_people', p.min_people, 'max_people', p.max_people,
    'radius_m', p.radius_m,
    'version', p.version, 'valid_from', vigil.rfc3339(p.valid_from), 'valid_to', vigil.rfc3339(p.valid_to))::text
FROM vigil.patrol_plan p
WHERE p.plan_id > $2::bigint AND p.plan_id <= coalesce($1::bigint, 9007199254740991)
  AND ($1 IS NOT NULL OR p.valid_to IS NULL)
  AND (EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = p.org_id)
       OR p.org_id IN (SELECT vigil.roster_orgs() WHERE vigil.scope_person() IS NOT NULL))
       AND ($4::bigint IS NULL OR p.org_id IN (SELECT org_id FROM vigil.org_reach WHERE ancestor_id = $4::bigint))
  AND ($5::bigint IS NULL OR p.beat_id = $5)
  AND $6::text::date IS NULL
  AND $7::text::date IS NULL
  AND $8::text IS NULL
  AND $9::bigint IS NULL
ORDER BY p.plan_id LIMIT $3::bigint;
