-- The sources of a stored week in one layer, by id: $1 the week, $2 the layer.
SELECT source_id, mark FROM vigil.cover_source WHERE week_id = $1::bigint AND layer = $2::text ORDER BY source_id;
