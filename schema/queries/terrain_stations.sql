-- The stations and where they stand, by id.
SELECT station_id, org_id, code, name, ST_X(geom), ST_Y(geom)
FROM vigil.station WHERE valid_to IS NULL ORDER BY station_id;
