-- What was kept of a week: $1 kind, $2 its first second.
DELETE FROM vigil.cover_week WHERE kind = $1::text AND starts_at = to_timestamp($2::bigint);
