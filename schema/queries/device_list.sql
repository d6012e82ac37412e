-- The open devices of the caller's scope after an id: $2 how many, $3 of this person alone
-- (0: of all).
SELECT d.device_id, d.version, d.org_id, d.person_id, d.name, d.format, d.frame,
       vigil.rfc3339(d.valid_from), vigil.rfc3339(d.rotated_at)
FROM vigil.device d
WHERE d.device_id > $1::bigint AND d.valid_to IS NULL
  AND ($3::bigint = 0 OR d.person_id = $3)
  AND EXISTS (SELECT FROM vigil.org_reach r
              WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = d.org_id)
ORDER BY d.device_id
LIMIT $2::bigint;
