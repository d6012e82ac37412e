-- A slice of the people of an hour: $2 of $3.
SELECT person_id, fix_us, lon_e7, lat_e7, coalesce(accuracy_dm, -1), coalesce(speed_cms, -1), flags, 0
FROM vigil.position_history
WHERE received_us >= $1::bigint AND received_us < $1::bigint + 3600000000 AND person_id % $3::bigint = $2::bigint
ORDER BY person_id, fix_us;
