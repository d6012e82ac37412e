-- New rows out of $1, a JSON array of objects.
-- COPY would not pass row level security.
INSERT INTO vigil.squad (squad_id, code, name, kind, mode, line, plate, station_id, equipment, insurer, policy,
    insured_until, org_id)
SELECT id, code, name, kind, mode, line, plate, station_id, equipment, insurer, policy,
       insured_until, org_id
FROM json_to_recordset($1::text::json) AS r (
    id bigint, code text, name text, kind text, mode text, line text, plate text,
    station_id bigint, equipment jsonb, insurer text, policy text, insured_until date,
    org_id bigint);
