-- A closure that is not lifted, as it is changed; its row stays locked until the transaction ends.
SELECT version, org_id, reason, (extract(epoch FROM starts_at) * 1000000)::bigint,
       coalesce((extract(epoch FROM ends_at) * 1000000)::bigint, 0)
FROM vigil.closure
WHERE closure_id = $1::bigint AND lifted_at IS NULL
  AND EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = closure.org_id)
FOR UPDATE;
