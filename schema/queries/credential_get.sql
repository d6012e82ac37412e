SELECT c.credential_id, c.version, c.person_id, NULL::text, c.org_id, c.type, c.issuer, c.issued::text,
       c.expires::text, vigil.credential_state(c), c.mandatory, vigil.rfc3339(c.valid_from),
       vigil.rfc3339(c.valid_to)
FROM vigil.credential c
WHERE c.credential_id = $1::bigint AND c.person_id = $2::bigint AND c.valid_to IS NULL
  AND EXISTS (SELECT FROM vigil.person_reach r WHERE r.ancestor_id = $3::bigint AND r.person_id = c.person_id);
