-- Entries of the hours ledger: $1 one id or null, $2 after which id, $3 how many, $4 at or below which
-- organisation, $5 of which sign-up, $6 and $7 from and to which day,
-- $8 kind, $9 of whom.
SELECT h.entry_id, 1, json_build_object(
    'entry_id', h.entry_id, 'org_id', h.org_id, 'person_id', h.person_id, 'kind', h.kind, 'activity', h.activity,
    'minutes', h.minutes, 'signup_id', h.signup_id, 'refers_to', h.refers_to, 'reason', h.reason,
    'evidence', json_build_object('check_in', h.checkin_in, 'in_how', i.how, 'in_at', vigil.rfc3339(i.at),
        'check_out', h.checkin_out, 'out_how', o.how, 'out_at', vigil.rfc3339(o.at)),
    'made_at', vigil.rfc3339(h.made_at))::text
FROM vigil.hours_entry h
LEFT JOIN vigil.checkin i ON i.checkin_id = h.checkin_in
LEFT JOIN vigil.checkin o ON o.checkin_id = h.checkin_out
WHERE ($1::bigint IS NULL OR h.entry_id = $1) AND h.entry_id > $2::bigint
  AND (EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = h.org_id) OR h.person_id = vigil.scope_person())
  AND ($4::bigint IS NULL OR h.org_id IN (SELECT org_id FROM vigil.org_reach WHERE ancestor_id = $4::bigint))
  AND ($5::bigint IS NULL OR h.signup_id = $5) AND ($6::text::date IS NULL OR h.made_at >= $6::text::date::timestamptz)
  AND ($7::text::date IS NULL OR h.made_at < ($7::text::date + 1)::timestamptz)
  AND ($8::text IS NULL OR h.kind = $8) AND ($9::bigint IS NULL OR h.person_id = $9)
ORDER BY h.entry_id LIMIT $3::bigint;
