-- Where all open stations (0), lookout points (1) and sites (2) stand, by kind and id.
SELECT 0 AS kind, station_id AS id, org_id, ST_X(geom) AS lon, ST_Y(geom) AS lat
FROM vigil.station
WHERE valid_to IS NULL
UNION ALL
SELECT 1, lookout_point_id, org_id, ST_X(geom), ST_Y(geom)
FROM vigil.lookout_point
WHERE valid_to IS NULL
UNION ALL
SELECT 2, site_id, org_id, ST_X(geom), ST_Y(geom)
FROM vigil.site
WHERE valid_to IS NULL
ORDER BY kind, id;
