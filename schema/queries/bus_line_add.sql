-- A bus line: its path, and its stops in their order as points with their names.
INSERT INTO vigil.bus_line (bus_line_id, org_id, code, name, path, stops, stop_names, near_m, off_m)
VALUES ($1::bigint, $2::bigint, $3::text, $4::text, ST_GeomFromEWKB($5::bytea), ST_GeomFromEWKB($6::bytea),
        ARRAY(SELECT json_array_elements_text($7::text::json)), $8::integer, $9::integer)
ON CONFLICT DO NOTHING;
