-- Entry $1 stands in the place of what the reversal $2 took back.
INSERT INTO vigil.hours_entry (entry_id, org_id, person_id, kind, activity, minutes, signup_id, refers_to, reason, token_id)
SELECT $1::bigint, h.org_id, h.person_id, 'correction', h.activity, $5::integer, h.signup_id, h.entry_id, $3::text,
    nullif($4::bigint, 0)
FROM vigil.hours_entry h
WHERE h.entry_id = $2::bigint
  AND EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = h.org_id);
