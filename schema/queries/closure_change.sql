-- Another reason or time for a closure that is at version $2; 0: at any.
UPDATE vigil.closure c SET reason = $3::text, starts_at = n.starts_at, ends_at = n.ends_at, version = version + 1,
    told = CASE WHEN n.starts_at > now() THEN 'planned' WHEN n.ends_at <= now() THEN 'over' ELSE 'active' END
FROM (SELECT to_timestamp($4::bigint / 1e6) AS starts_at, to_timestamp($5::bigint / 1e6) AS ends_at) AS n
WHERE closure_id = $1::bigint AND lifted_at IS NULL AND (version = $2::bigint OR $2 = 0)
  AND EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = c.org_id);
