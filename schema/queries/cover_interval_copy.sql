COPY pg_temp.incoming (week_id, org_id, segment_id, cm, layer, source_id, during) FROM STDIN (FORMAT binary);
