-- Codes that hang somewhere, after $1; or the one with the id $3.
SELECT code_id, code, org_id, label, uses, uses_max, vigil.rfc3339(expires_at), vigil.rfc3339(valid_from),
       expires_at > now() AND uses < uses_max
FROM vigil.enrolment_code
WHERE valid_to IS NULL AND code_id > $1::bigint AND ($3::bigint = 0 OR code_id = $3)
  AND (EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = enrolment_code.org_id)
       OR vigil.invites_for(org_id))
ORDER BY code_id
LIMIT $2::bigint;
