-- New rows out of $1, a JSON array of objects, figure: EWKB in hexadecimal.
-- COPY would not pass row level security.
INSERT INTO vigil.hot_spot (hot_spot_id, geom, code, name, org_id)
SELECT id, ST_GeomFromEWKB(decode(figure, 'hex')), code, name, org_id
FROM json_to_recordset($1::text::json) AS r (id bigint, figure text, code text, name text, org_id bigint);
