SELECT m.membership_id, m.version, m.person_id, m.org_id, m.role, m.recruit,
       vigil.rfc3339(m.valid_from), vigil.rfc3339(m.valid_to)
FROM vigil.membership m
WHERE m.membership_id = $1::bigint AND m.person_id = $2::bigint AND m.valid_to IS NULL
  AND EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = $3::bigint AND r.org_id = m.org_id);
