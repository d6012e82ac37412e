-- Closes a row: it is no longer served, its history stays.
UPDATE vigil.org SET valid_to = now(), version = version + 1
WHERE org_id = $1::bigint AND valid_to IS NULL;
