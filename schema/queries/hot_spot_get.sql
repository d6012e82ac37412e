-- One row by its id, open or closed.
SELECT hot_spot_id, version, vigil.rfc3339(valid_from), vigil.rfc3339(valid_to), ST_AsBinary(geom, 'NDR'),
       code, name, org_id
FROM vigil.hot_spot
WHERE hot_spot_id = $1::bigint;
