-- The organisation of an incident that the caller sees as staff.
SELECT i.org_id FROM vigil.incident i
WHERE i.incident_id = $1::bigint
  AND EXISTS (SELECT FROM vigil.org_reach r
              WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = i.org_id);
