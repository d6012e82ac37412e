COPY pg_temp.incoming (lookout_point_id, geom, code, name, state, reach_m, min_staff, hours) FROM STDIN (FORMAT binary);
