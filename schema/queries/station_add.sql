-- New rows out of $1, a JSON array of objects, figure: EWKB in hexadecimal.
-- COPY would not pass row level security.
INSERT INTO vigil.station (station_id, geom, code, name, address, opening_hours, phone, org_id)
SELECT id, ST_GeomFromEWKB(decode(figure, 'hex')), code, name, address, opening_hours, phone, org_id
FROM json_to_recordset($1::text::json) AS r (
    id bigint, figure text, code text, name text, address text, opening_hours text, phone text,
    org_id bigint);
