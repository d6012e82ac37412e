-- Writes what was declared of a device anew when it is still at version $5 (0: whichever).
UPDATE vigil.device d
SET name = $2::text, format = $3::text, frame = $4::text, version = version + 1
WHERE d.device_id = $1::bigint AND d.valid_to IS NULL AND ($5::integer = 0 OR d.version = $5)
  AND EXISTS (SELECT FROM vigil.org_reach r
              WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = d.org_id);
