-- The open rows after an id: $1 after, $2 how many, $3 to $6 west, south, east and
-- north or nulls, $7 what the name or code contains or null, $8 the organisation at or
-- below which they stand or null, $9 their kind or
-- null, $10 the organisation right above or null.
SELECT o.org_id, o.version, vigil.rfc3339(o.valid_from), vigil.rfc3339(o.valid_to), ST_AsBinary(o.area, 'NDR'),
       o.code, o.name, o.kind, up.org_id, o.trade, o.address, o.duty_phone, o.credit_code
FROM vigil.org o
LEFT JOIN vigil.org up ON up.org_id = o.parent_id -- told to those only who may see it
WHERE o.valid_to IS NULL AND o.org_id > $1::bigint
  AND ($3::float8 IS NULL
       OR ST_Intersects(o.area, ST_MakeEnvelope($3, $4::float8, $5::float8, $6::float8, 4326)))
  AND ($7::text IS NULL OR vigil.fold(o.name || ' ' || o.code) LIKE vigil.containing($7))
  AND ($8::bigint IS NULL
       OR o.org_id IN (SELECT r.org_id FROM vigil.org_reach r WHERE r.ancestor_id = $8))
  AND ($9::text IS NULL OR o.kind = $9)
  AND ($10::bigint IS NULL OR o.parent_id = $10)
ORDER BY o.org_id
LIMIT $2::bigint;
