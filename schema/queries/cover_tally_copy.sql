COPY pg_temp.incoming (week_id, by, area_id, org_id, length_cm, weight, gap_cm_s, gap_weight_s) FROM STDIN (FORMAT binary);
