-- A person whom the caller sees.
SELECT p.org_id, p.display_name
FROM vigil.person p
WHERE p.person_id = $1::bigint AND p.valid_to IS NULL
  AND EXISTS (SELECT FROM vigil.person_reach r
              WHERE r.ancestor_id = vigil.scope_org() AND r.person_id = p.person_id);
