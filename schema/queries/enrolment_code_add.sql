-- A code for an organisation that the caller acts for or invites for; else no row.
INSERT INTO vigil.enrolment_code (code_id, code, org_id, label, uses_max, expires_at)
SELECT $1::bigint, $2::text, $3::bigint, $4::text, $5::integer, now() + $6::bigint * interval '1 second'
WHERE EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = $3)
   OR vigil.invites_for($3)
RETURNING vigil.rfc3339(expires_at), vigil.rfc3339(valid_from);
