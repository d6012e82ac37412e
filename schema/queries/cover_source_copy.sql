COPY pg_temp.incoming (week_id, layer, source_id, mark) FROM STDIN (FORMAT binary);
