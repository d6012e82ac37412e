-- Memberships of a person, those that ended only when $2 says so; as many as the scope
-- shows.
SELECT m.membership_id, m.version, m.person_id, m.org_id, m.role, m.recruit,
       vigil.rfc3339(m.valid_from), vigil.rfc3339(m.valid_to)
FROM vigil.membership m
WHERE m.person_id = $1::bigint AND (m.valid_to IS NULL OR $2::boolean)
  AND EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = $3::bigint AND r.org_id = m.org_id)
ORDER BY m.valid_from, m.membership_id
LIMIT 200;
