COPY pg_temp.incoming (grid_id, geom, code, profile, name, kind, responsible) FROM STDIN (FORMAT binary);
