COPY vigil.lookout_point (lookout_point_id, geom, code, name, state, reach_m, min_staff, hours) FROM STDIN (FORMAT binary);
