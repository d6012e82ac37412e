-- One row by its id, open or closed.
SELECT site_id, version, vigil.rfc3339(valid_from), vigil.rfc3339(valid_to), ST_AsBinary(geom, 'NDR'),
       code, name, kind, address, camera_count, org_id
FROM vigil.site
WHERE site_id = $1::bigint;
