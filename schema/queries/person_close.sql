UPDATE vigil.person SET version = version + 1, on_duty = false, valid_to = now()
WHERE person_id = $1::bigint AND valid_to IS NULL AND ($2::integer = 0 OR version = $2);
