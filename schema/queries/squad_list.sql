-- The open rows after an id: $1 after, $2 how many, $3 what the name or code contains
-- or null, $4 the organisation at or below which they stand or null, $5 their kind or
-- null.
SELECT squad_id, version, vigil.rfc3339(valid_from), vigil.rfc3339(valid_to), NULL::bytea,
       code, name, kind, mode, line, plate, station_id, equipment::text, insurer, policy,
       insured_until::text, org_id
FROM vigil.squad
WHERE valid_to IS NULL AND squad_id > $1::bigint
  AND ($3::text IS NULL OR vigil.fold(name || ' ' || code) LIKE vigil.containing($3))
  AND ($4::bigint IS NULL
       OR org_id IN (SELECT r.org_id FROM vigil.org_reach r WHERE r.ancestor_id = $4))
  AND ($5::text IS NULL OR kind = $5)
ORDER BY squad_id
LIMIT $2::bigint;
