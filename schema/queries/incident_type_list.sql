SELECT type, name_zh, name_en, priority, volunteer_allowed, min_age, version
FROM vigil.incident_type
WHERE valid_to IS NULL AND ($1::text IS NULL OR type = $1)
ORDER BY type;
