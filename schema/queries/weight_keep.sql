-- A new version: $1 its id, $2 the import, $3 the rule, $4 incidents, $5 points, $6 hot spots, $7 the rest.
INSERT INTO vigil.weight_version (weight_version_id, import_id, rule, incident_count, point_count, hot_spot_count, rest)
VALUES ($1::bigint, $2::bigint, $3::text::jsonb, $4::bigint, $5::bigint, $6::bigint, $7::bigint);
