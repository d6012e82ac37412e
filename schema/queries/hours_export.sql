-- The ledger as lines of CSV, oldest first: $1 at or below which organisation, $2 and $3
-- from and to which day.
SELECT concat_ws(',', h.entry_id, h.org_id, h.person_id, h.kind, h.activity, h.minutes, h.signup_id,
    coalesce(i.how, ''), coalesce(vigil.rfc3339(i.at), ''), coalesce(o.how, ''), coalesce(vigil.rfc3339(o.at), ''),
    coalesce(h.refers_to::text, ''), '"' || replace(coalesce(h.reason, ''), '"', '""') || '"', vigil.rfc3339(h.made_at))
FROM vigil.hours_entry h
LEFT JOIN vigil.checkin i ON i.checkin_id = h.checkin_in
LEFT JOIN vigil.checkin o ON o.checkin_id = h.checkin_out
WHERE EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = h.org_id)
  AND ($1::bigint IS NULL OR h.org_id IN (SELECT org_id FROM vigil.org_reach WHERE ancestor_id = $1))
  AND ($2::text::date IS NULL OR h.made_at >= $2::text::date::timestamptz)
      AND ($3::text::date IS NULL OR h.made_at < ($3::text::date + 1)::timestamptz)
ORDER BY h.entry_id LIMIT $4::bigint;
