-- Streets that this import has not seen are history from now on.
UPDATE vigil.segment SET valid_to = now() WHERE valid_to IS NULL AND import_id <> $1::bigint
