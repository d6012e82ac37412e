-- One row by its id, open or closed.
SELECT squad_id, version, vigil.rfc3339(valid_from), vigil.rfc3339(valid_to), NULL::bytea,
       code, name, kind, mode, line, plate, station_id, equipment::text, insurer, policy,
       insured_until::text, org_id
FROM vigil.squad
WHERE squad_id = $1::bigint;
