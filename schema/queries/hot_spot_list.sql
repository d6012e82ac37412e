-- The open rows after an id: $1 after, $2 how many, $3 to $6 west, south, east and
-- north or nulls, $7 what the name or code contains or null, $8 the organisation at or
-- below which they stand or null.
SELECT hot_spot_id, version, vigil.rfc3339(valid_from), vigil.rfc3339(valid_to), ST_AsBinary(geom, 'NDR'),
       code, name, org_id
FROM vigil.hot_spot
WHERE valid_to IS NULL AND hot_spot_id > $1::bigint
  AND ($3::float8 IS NULL
       OR ST_Intersects(geom, ST_MakeEnvelope($3, $4::float8, $5::float8, $6::float8, 4326)))
  AND ($7::text IS NULL OR vigil.fold(name || ' ' || code) LIKE vigil.containing($7))
  AND ($8::bigint IS NULL
       OR org_id IN (SELECT r.org_id FROM vigil.org_reach r WHERE r.ancestor_id = $8))
ORDER BY hot_spot_id
LIMIT $2::bigint;
