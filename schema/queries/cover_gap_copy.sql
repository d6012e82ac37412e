COPY pg_temp.incoming (week_id, org_id, grid_id, segment_id, from_cm, to_cm, uncovered_s, station_id) FROM STDIN (FORMAT binary);
