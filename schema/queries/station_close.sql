-- Closes a row: it is no longer served, its history stays.
UPDATE vigil.station SET valid_to = now(), version = version + 1
WHERE station_id = $1::bigint AND valid_to IS NULL;
