-- Closes a row: it is no longer served, its history stays.
UPDATE vigil.grid SET valid_to = now(), version = version + 1
WHERE grid_id = $1::bigint AND valid_to IS NULL;
