COPY pg_temp.incoming (station_id, geom, code, name, address, opening_hours, phone) FROM STDIN (FORMAT binary);
