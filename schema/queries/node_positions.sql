-- Where everyone is who is tracked, for a node that may have missed something.
SELECT person_id, lon_e7, lat_e7, coalesce(accuracy_dm, -1), coalesce(speed_cms, -1), fix_us,
       received_us, flags
FROM vigil.position_last WHERE fix_us > 0;
