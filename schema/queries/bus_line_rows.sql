-- Bus lines: $1 up to which id or null, $2 after which id, $3 how many, $4 at or below which
-- organisation, $5 to $9 nothing.
SELECT b.bus_line_id, b.version, vigil.bus_line_json(b)
FROM vigil.bus_line b
WHERE b.bus_line_id > $2::bigint AND b.bus_line_id <= coalesce($1::bigint, 9007199254740991)
  AND ($1 IS NOT NULL OR b.valid_to IS NULL)
  AND EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = b.org_id)
  AND ($4::bigint IS NULL OR b.org_id IN (SELECT org_id FROM vigil.org_reach WHERE ancestor_id = $4::bigint))
  AND $5::bigint IS NULL AND $6::text IS NULL AND $7::text IS NULL AND $8::text IS NULL AND $9::bigint IS NULL
ORDER BY b.bus_line_id LIMIT $3::bigint;
