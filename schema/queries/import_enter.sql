-- Import $1 is in service; the city is called after the first one.
WITH called AS (
    UPDATE vigil.org SET name = i.city_name
    FROM vigil.import i
    WHERE i.import_id = $1::bigint AND org_id = 1 AND org.name = 'City' AND i.city_name <> ''
)
UPDATE vigil.import SET current = true, finished_at = clock_timestamp() WHERE import_id = $1::bigint
