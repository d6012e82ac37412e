-- Enrols a device to a person who is at home in the caller's scope; no row when nobody is.
INSERT INTO vigil.device (device_id, org_id, person_id, name, format, frame, secret_hash)
SELECT $1::bigint, p.org_id, p.person_id, $3::text, $4::text, $5::text, $6::bytea
FROM vigil.person p
WHERE p.person_id = $2::bigint AND p.valid_to IS NULL
  AND EXISTS (SELECT FROM vigil.org_reach r
              WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = p.org_id);
