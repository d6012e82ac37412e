-- Closes a row: it is no longer served, its history stays.
UPDATE vigil.site SET valid_to = now(), version = version + 1
WHERE site_id = $1::bigint AND valid_to IS NULL;
