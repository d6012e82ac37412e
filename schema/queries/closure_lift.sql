UPDATE vigil.closure SET lifted_at = now(), version = version + 1 WHERE closure_id = $1::bigint AND lifted_at IS NULL
  AND EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = closure.org_id)
RETURNING org_id, reason;
