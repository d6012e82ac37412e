-- What was committed in the last $1 seconds, as the trail keeps it; -1 where nothing is known.
SELECT person_id, lon_e7::bigint, lat_e7::bigint, coalesce(accuracy_dm, -1)::bigint, coalesce(speed_cms, -1)::bigint,
       fix_us, received_us, flags::bigint
FROM vigil.position_history
WHERE received_us >= vigil.microseconds(now()) - $1::bigint * 1000000;
