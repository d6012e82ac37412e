-- Single positions of these people in a time: received up to five minutes before, or a day after.
SELECT person_id, fix_us, lon_e7, lat_e7, coalesce(accuracy_dm, -1), coalesce(speed_cms, -1), flags
FROM vigil.position_history
WHERE received_us >= $2::bigint - 300000000 AND received_us < $3::bigint + 86700000000
  AND person_id = ANY ($1::bigint[]) AND fix_us BETWEEN $2::bigint AND $3::bigint
LIMIT $4::bigint;
