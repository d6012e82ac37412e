COPY pg_temp.incoming (person_id, hour_us, part, from_us, until_us, fix_count, fixes) FROM STDIN (FORMAT binary);
