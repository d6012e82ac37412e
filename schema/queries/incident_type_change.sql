-- Writes a type anew, if it still has version $7 (null: whatever it has).
UPDATE vigil.incident_type
SET version = version + 1, name_zh = $2::text, name_en = $3::text, priority = $4::smallint,
    volunteer_allowed = $5::boolean, min_age = $6::smallint
WHERE type = $1::text AND valid_to IS NULL AND ($7::integer IS NULL OR version = $7)
RETURNING version;
