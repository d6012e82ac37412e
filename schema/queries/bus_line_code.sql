-- The code of an open bus line in scope.
SELECT code FROM vigil.bus_line
WHERE bus_line_id = $1::bigint AND valid_to IS NULL
  AND EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = bus_line.org_id);
