-- Takes what came for an hour that has no partition; behind the parts that are there.
WITH late AS (
    DELETE FROM vigil.position_history_default
    WHERE received_us >= $1::bigint AND received_us < $1::bigint + 3600000000
    RETURNING person_id, fix_us, lon_e7, lat_e7, accuracy_dm, speed_cms, flags
)
SELECT person_id, fix_us, lon_e7, lat_e7, coalesce(accuracy_dm, -1), coalesce(speed_cms, -1), flags,
       coalesce((SELECT max(part) + 1 FROM vigil.track_hour t
                 WHERE t.person_id = late.person_id AND t.hour_us = $1::bigint), 0)
FROM late ORDER BY person_id, fix_us;
