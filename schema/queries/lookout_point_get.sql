-- One row by its id, open or closed.
SELECT lookout_point_id, version, vigil.rfc3339(valid_from), vigil.rfc3339(valid_to), ST_AsBinary(geom, 'NDR'),
       code, name, state, reach_m, min_staff, hours, org_id
FROM vigil.lookout_point
WHERE lookout_point_id = $1::bigint;
