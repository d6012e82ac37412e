COPY vigil.position_history (person_id, lon_e7, lat_e7, accuracy_dm, speed_cms, fix_us, received_us, flags)
FROM STDIN (FORMAT binary);
