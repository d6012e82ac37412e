-- Closures: $1 up to which id or null, $2 after which id, $3 how many, $4 at or below which organisation, $5 to $7
-- nothing, $8 "true": in force now, "false": still to come, $9 nothing.
SELECT c.closure_id, c.version::bigint, vigil.closure_json(c)
FROM vigil.closure c
WHERE c.closure_id > $2::bigint AND c.closure_id <= coalesce($1::bigint, 9007199254740991)
  AND ($1 IS NOT NULL OR (c.lifted_at IS NULL AND (c.ends_at IS NULL OR c.ends_at > now())))
  AND EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = c.org_id)
  AND ($4::bigint IS NULL OR c.org_id IN (SELECT org_id FROM vigil.org_reach WHERE ancestor_id = $4::bigint))
  AND $5::bigint IS NULL AND $6::text IS NULL AND $7::text IS NULL
  AND ($8::text IS NULL OR (vigil.closure_state(c) = 'active')::text = $8)
  AND $9::bigint IS NULL
ORDER BY c.closure_id LIMIT $3::bigint;
