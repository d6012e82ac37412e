UPDATE vigil.import SET current = true, finished_at = clock_timestamp() WHERE import_id = $1::bigint
