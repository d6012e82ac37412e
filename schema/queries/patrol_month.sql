-- The days of plan $1 in the month that begins on $2.
SELECT d::date::text
FROM vigil.patrol_plan p, generate_series($2::text::date, $2::text::date + interval '1 month' - interval '1 day', interval '1 day') d
WHERE p.plan_id = $1::bigint AND p.valid_to IS NULL
  AND EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = p.org_id)
  AND p.weekdays >> (extract(isodow FROM d)::integer - 1) & 1 = 1
ORDER BY d;
