-- A week that was worked out: $1 kind, $2 its first second, $3 the import of its streets, $4 up to which second it is
-- known.
INSERT INTO vigil.cover_week (kind, starts_at, import_id, known_to)
VALUES ($1::text, to_timestamp($2::bigint), $3::bigint, to_timestamp($4::bigint))
RETURNING week_id;
