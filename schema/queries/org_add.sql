-- New rows out of $1, a JSON array of objects, figure: EWKB in hexadecimal.
-- COPY would not pass row level security.
INSERT INTO vigil.org (org_id, area, code, name, kind, parent_id, trade, address, duty_phone, credit_code)
SELECT id, ST_GeomFromEWKB(decode(figure, 'hex')), code, name, kind, parent_id, trade, address,
       duty_phone, credit_code
FROM json_to_recordset($1::text::json) AS r (
    id bigint, figure text, code text, name text, kind text, parent_id bigint, trade text,
    address text, duty_phone text, credit_code text);
