-- Takes back entry $2 by entry $1; nothing when it is a reversal or taken back already.
INSERT INTO vigil.hours_entry (entry_id, org_id, person_id, kind, activity, minutes, signup_id, refers_to, reason, token_id)
SELECT $1::bigint, h.org_id, h.person_id, 'reversal', h.activity, -h.minutes, h.signup_id, h.entry_id, $3::text,
    nullif($4::bigint, 0)
FROM vigil.hours_entry h
WHERE h.entry_id = $2::bigint AND h.kind <> 'reversal'
  AND EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = h.org_id)
ON CONFLICT (refers_to) DO NOTHING;
