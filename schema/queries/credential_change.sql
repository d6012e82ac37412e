-- Writes it anew, if the row still has the version $8 and $9 or one below it keeps it.
UPDATE vigil.credential c
SET version = version + 1, type = $2::text, issuer = $3::text, issued = $4::text::date,
    expires = $5::text::date, state = $6::text, mandatory = $7::boolean
WHERE c.credential_id = $1::bigint AND c.version = $8::integer AND c.valid_to IS NULL
  AND EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = $9::bigint AND r.org_id = c.org_id);
