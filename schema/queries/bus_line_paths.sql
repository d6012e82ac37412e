-- The open bus lines, in the order of their codes: how close is at a stop, how far is off the
-- line, path and stops.
SELECT code, near_m, off_m, ST_AsEWKB(path), ST_AsEWKB(stops)
FROM vigil.bus_line WHERE valid_to IS NULL
ORDER BY code COLLATE "C";
