-- The open bus lines, in the order of their codes.
SELECT code, org_id, near_m, off_m, ST_AsEWKB(path), ST_AsEWKB(stops)
FROM vigil.bus_line WHERE valid_to IS NULL
ORDER BY code COLLATE "C", bus_line_id;
