UPDATE vigil.membership m SET version = version + 1, valid_to = now()
WHERE m.membership_id = $1::bigint AND m.person_id = $2::bigint AND m.valid_to IS NULL
  AND EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = $3::bigint AND r.org_id = m.org_id)
  AND ($4::integer = 0 OR version = $4);
