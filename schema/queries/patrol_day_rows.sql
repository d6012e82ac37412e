-- Patrol days: $1 up to which id or null, $2 after which id, $3 how many, $4 at or below which
-- organisation, $5 of which plan, $6 and $7 from and to which day,
-- $8 what stage they are at (vigil.patrol_stage), $9 nothing.
SELECT d.day_id, d.version, json_build_object(
    'day_id', d.day_id, 'org_id', d.org_id, 'plan_id', d.plan_id, 'opening_id', d.opening_id, 'beat_id', d.beat_id,
    'day', d.day, 'starts_at', vigil.rfc3339(lower(d.during)), 'ends_at', vigil.rfc3339(upper(d.during)),
    'opens_at', vigil.rfc3339(o.opens_at), 'closes_at', vigil.rfc3339(o.closes_at),
    'drawn_at', vigil.rfc3339(o.drawn_at), 'cutoff_at', vigil.rfc3339(d.cutoff_at),
    'min_people', d.min_people, 'max_people', d.max_people,
    'state', vigil.patrol_stage(d, o), 'tally', vigil.patrol_tally(d.day_id),
    'report', d.report, 'version', d.version)::text
FROM vigil.patrol_day d JOIN vigil.patrol_opening o USING (opening_id)
WHERE d.day_id > $2::bigint AND d.day_id <= coalesce($1::bigint, 9007199254740991)
  AND (EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = d.org_id)
       OR d.org_id IN (SELECT vigil.roster_orgs() WHERE vigil.scope_person() IS NOT NULL))
  AND ($4::bigint IS NULL OR d.org_id IN (SELECT org_id FROM vigil.org_reach WHERE ancestor_id = $4::bigint))
  AND ($5::bigint IS NULL OR d.plan_id = $5) AND ($6::text::date IS NULL OR d.day >= $6::text::date)
  AND ($7::text::date IS NULL OR d.day <= $7::text::date) AND ($8::text IS NULL OR vigil.patrol_stage(d, o) = $8)
  AND $9::bigint IS NULL
ORDER BY d.day_id LIMIT $3::bigint;
