-- Fences: $1 up to which id or null, $2 after which id, $3 how many, $4 at or below which
-- organisation, $5 to $8 nothing, $9 around which lookout point, grid or incident.
SELECT f.fence_id, f.version, vigil.fence_json(f)
FROM vigil.fence f
WHERE f.fence_id > $2::bigint AND f.fence_id <= coalesce($1::bigint, 9007199254740991)
  AND ($1 IS NOT NULL OR f.valid_to IS NULL)
  AND EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = f.org_id)
  AND ($4::bigint IS NULL OR f.org_id IN (SELECT org_id FROM vigil.org_reach WHERE ancestor_id = $4::bigint))
  AND $5::bigint IS NULL AND $6::text IS NULL AND $7::text IS NULL AND $8::text IS NULL
  AND ($9::bigint IS NULL OR $9 IN (f.lookout_point_id, f.grid_id, f.incident_id))
ORDER BY f.fence_id LIMIT $3::bigint;
