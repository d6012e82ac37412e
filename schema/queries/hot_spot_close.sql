-- Closes a row: it is no longer served, its history stays.
UPDATE vigil.hot_spot SET valid_to = now(), version = version + 1
WHERE hot_spot_id = $1::bigint AND valid_to IS NULL;
