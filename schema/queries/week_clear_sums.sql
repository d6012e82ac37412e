-- Sums of a stored week that are written anew: $1 the week, $2 of what, $3 of which of them.
DELETE FROM vigil.cover_tally WHERE week_id = $1::bigint AND by = $2::text AND area_id = ANY ($3::bigint[]);
