UPDATE vigil.credential c SET version = version + 1, valid_to = now()
WHERE c.credential_id = $1::bigint AND c.person_id = $2::bigint AND c.valid_to IS NULL
  AND EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = $3::bigint AND r.org_id = c.org_id)
  AND ($4::integer = 0 OR version = $4);
