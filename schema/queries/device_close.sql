-- Ends a device; $2 its version, or 0 for whichever.
UPDATE vigil.device d
SET valid_to = greatest(now(), valid_from), secret_hash = NULL, version = version + 1
WHERE d.device_id = $1::bigint AND d.valid_to IS NULL AND ($2::integer = 0 OR d.version = $2)
  AND EXISTS (SELECT FROM vigil.org_reach r
              WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = d.org_id);
