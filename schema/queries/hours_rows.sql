-- Entries of the hours ledger: $1 up to which id or null, $2 after which id, $3 how many, $4 at or below which
-- organisation, $5 of which sign-up, $6 and $7 from and to which day,
-- $8 kind, $9 of whom.
SELECT h.entry_id, 1, vigil.hours_json(h)
FROM vigil.hours_entry h
WHERE h.entry_id > $2::bigint AND h.entry_id <= coalesce($1::bigint, 9007199254740991)
  AND (EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = h.org_id)
      OR h.person_id = vigil.scope_person())
  AND ($4::bigint IS NULL OR h.org_id IN (SELECT org_id FROM vigil.org_reach WHERE ancestor_id = $4::bigint))
  AND ($5::bigint IS NULL OR h.signup_id = $5) AND ($6::text::date IS NULL OR h.made_at >= $6::text::date::timestamptz)
  AND ($7::text::date IS NULL OR h.made_at < ($7::text::date + 1)::timestamptz)
  AND ($8::text IS NULL OR h.kind = $8) AND ($9::bigint IS NULL OR h.person_id = $9)
ORDER BY h.entry_id LIMIT $3::bigint;
