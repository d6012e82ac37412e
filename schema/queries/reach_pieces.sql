-- What was reached at a full hour ($1, seconds since 1970), and by how many.
SELECT segment_id, from_cm::bigint, to_cm::bigint, people::bigint
FROM vigil.reached WHERE at = to_timestamp($1::bigint)
ORDER BY segment_id, from_cm;
