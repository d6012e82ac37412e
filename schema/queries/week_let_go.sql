-- Sources of a stored week are taken out of it: $1 the week, $2 the layer, $3 their ids. On which segments they were.
WITH marks AS (
    DELETE FROM vigil.cover_source WHERE week_id = $1::bigint AND layer = $2::text AND source_id = ANY ($3::bigint[])
), gone AS (
    DELETE FROM vigil.cover_interval WHERE week_id = $1::bigint AND layer = $2::text AND source_id = ANY ($3::bigint[])
    RETURNING segment_id
)
SELECT DISTINCT segment_id FROM gone;
