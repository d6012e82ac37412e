-- One row by its id, open or closed.
SELECT grid_id, version, vigil.rfc3339(valid_from), vigil.rfc3339(valid_to), ST_AsBinary(geom, 'NDR'),
       code, profile, name, kind, responsible, org_id
FROM vigil.grid
WHERE grid_id = $1::bigint;
