-- Closes a row: it is no longer served, its history stays.
UPDATE vigil.mutual_aid SET valid_to = now(), version = version + 1
WHERE rule_id = $1::bigint AND valid_to IS NULL;
