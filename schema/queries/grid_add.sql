-- New rows out of $1, a JSON array of objects, figure: EWKB in hexadecimal.
-- COPY would not pass row level security.
INSERT INTO vigil.grid (grid_id, geom, code, profile, name, kind, responsible, org_id)
SELECT id, ST_GeomFromEWKB(decode(figure, 'hex')), code, profile, name, kind, responsible, org_id
FROM json_to_recordset($1::text::json) AS r (
    id bigint, figure text, code text, profile text, name text, kind text, responsible text,
    org_id bigint);
