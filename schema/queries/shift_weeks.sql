-- The days of a template in $3 weeks from the Monday $2 on which there is no shift of it
-- yet, in order.
SELECT d::date::text
FROM vigil.shift_template t, generate_series($2::text::date, $2::text::date + $3::integer * 7 - 1, interval '1 day') d
WHERE t.template_id = $1::bigint AND t.valid_to IS NULL
  AND EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = t.org_id)
  AND t.weekdays >> (extract(isodow FROM d)::integer - 1) & 1 = 1
  AND NOT EXISTS (SELECT FROM vigil.shift s WHERE s.template_id = t.template_id AND s.day = d::date)
ORDER BY d;
