-- A person's packed hours with anything of a time.
SELECT fixes FROM vigil.track_hour
WHERE person_id = $1::bigint AND hour_us >= $2::bigint - 3900000000 AND hour_us < $3::bigint + 86700000000
  AND from_us <= $3::bigint AND until_us >= $2::bigint
ORDER BY hour_us, part;
