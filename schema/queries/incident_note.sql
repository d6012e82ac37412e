-- A line of the timeline: $1 incident, $2 kind, $3 token or null, $4 person or null, $5
-- how, $6 detail as JSON or null.
INSERT INTO vigil.incident_event (incident_id, kind, by_token_id, by_person_id, how, detail)
VALUES ($1::bigint, $2::text, $3::bigint, $4::bigint, $5::text, $6::text::jsonb);
