-- A stored week and what it was worked out from: $1 kind, $2 its first second.
SELECT week_id, import_id, ground, extract(epoch FROM known_to)::bigint
FROM vigil.cover_week WHERE kind = $1::text AND starts_at = to_timestamp($2::bigint);
