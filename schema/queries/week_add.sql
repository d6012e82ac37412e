-- A week that was worked out: $1 kind, $2 its first second, $3 the import of its streets, $4 up to which second it is
-- known, $5 the hash of what it is counted on.
INSERT INTO vigil.cover_week (kind, starts_at, import_id, known_to, ground)
VALUES ($1::text, to_timestamp($2::bigint), $3::bigint, to_timestamp($4::bigint), $5::bigint)
RETURNING week_id;
