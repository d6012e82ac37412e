-- New rows out of $1, a JSON array of objects, figure: EWKB in hexadecimal.
-- COPY would not pass row level security.
INSERT INTO vigil.lookout_point (lookout_point_id, geom, code, name, state, reach_m, min_staff, hours, org_id)
SELECT id, ST_GeomFromEWKB(decode(figure, 'hex')), code, name, state, reach_m, min_staff, hours,
       org_id
FROM json_to_recordset($1::text::json) AS r (
    id bigint, figure text, code text, name text, state text, reach_m integer, min_staff integer,
    hours text, org_id bigint);
