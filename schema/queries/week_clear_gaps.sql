-- A stored week is now known up to second $3, and its gaps on the segments $2 are written anew: $1 the week.
WITH gaps AS (
    DELETE FROM vigil.cover_gap WHERE week_id = $1::bigint AND segment_id = ANY ($2::bigint[])
)
UPDATE vigil.cover_week SET known_to = to_timestamp($3::bigint), scored_at = clock_timestamp() WHERE week_id = $1::bigint;
