-- The pieces of version $1, in order.
SELECT segment_id, from_cm::bigint, to_cm::bigint, weight::bigint FROM vigil.weight_piece
WHERE weight_version_id = $1::bigint ORDER BY segment_id, from_cm;
