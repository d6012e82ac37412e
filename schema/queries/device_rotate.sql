-- Another secret: the one before opens nothing any more.
UPDATE vigil.device d
SET secret_hash = $2::bytea, rotated_at = now(), version = version + 1
WHERE d.device_id = $1::bigint AND d.valid_to IS NULL
  AND EXISTS (SELECT FROM vigil.org_reach r
              WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = d.org_id);
