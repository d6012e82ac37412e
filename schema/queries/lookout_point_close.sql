-- Closes a row: it is no longer served, its history stays.
UPDATE vigil.lookout_point SET valid_to = now(), version = version + 1
WHERE lookout_point_id = $1::bigint AND valid_to IS NULL;
