INSERT INTO vigil.incident_type (type, name_zh, name_en, priority, volunteer_allowed, min_age)
VALUES ($1::text, $2::text, $3::text, $4::smallint, $5::boolean, $6::smallint)
ON CONFLICT (type) DO NOTHING
RETURNING version;
