-- One row by its id, open or closed.
SELECT station_id, version, vigil.rfc3339(valid_from), vigil.rfc3339(valid_to), ST_AsBinary(geom, 'NDR'),
       code, name, address, opening_hours, phone, org_id
FROM vigil.station
WHERE station_id = $1::bigint;
