-- Credentials of people of $1 and below that run out within $2 days, or have run out;
-- the first to do so first, behind the one numbered $3.
SELECT c.credential_id, c.version, c.person_id, p.display_name, c.org_id, c.type, c.issuer,
       c.issued::text, c.expires::text, vigil.credential_state(c), c.mandatory,
       vigil.rfc3339(c.valid_from), vigil.rfc3339(c.valid_to)
FROM vigil.credential c JOIN vigil.person p ON p.person_id = c.person_id AND p.valid_to IS NULL
WHERE c.valid_to IS NULL AND c.state = 'valid'
  AND c.expires <= (now() AT TIME ZONE 'UTC')::date + $2::integer
  AND ($3::bigint = 0 OR (c.expires, c.credential_id) >
       (SELECT a.expires, a.credential_id FROM vigil.credential a WHERE a.credential_id = $3))
  AND EXISTS (SELECT FROM vigil.person_reach r WHERE r.ancestor_id = $1::bigint AND r.person_id = c.person_id)
  AND EXISTS (SELECT FROM vigil.org_reach o WHERE o.ancestor_id = vigil.scope_org() AND o.org_id = $1)
ORDER BY c.expires, c.credential_id
LIMIT $4::bigint;
