SELECT fix_us, lon_e7, lat_e7, accuracy_dm, speed_cms, flags
FROM vigil.track_fixes($1::bigint, $2::bigint, $3::bigint, $4::bigint, $5::bigint);
