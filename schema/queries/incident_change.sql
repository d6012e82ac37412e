-- Writes anew what people write, if it still has version $2 (null: whatever it has):
-- $3 type, $4 priority, $5 longitude, $6 latitude, $7 address, $8 note, $9 sealed phone.
UPDATE vigil.incident i
SET version = version + 1, type = $3::text, priority = $4::smallint, address = $7::text,
    note = $8::text, reporter_phone = $9::bytea,
    geom = ST_SetSRID(ST_MakePoint($5::float8, $6::float8), 4326),
    grid_id = (SELECT grid_id FROM vigil.grid g
               WHERE g.valid_to IS NULL
                 AND ST_Covers(g.geom, ST_SetSRID(ST_MakePoint($5, $6), 4326))
                 AND EXISTS (SELECT FROM vigil.org_reach r
                             WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = g.org_id)
               ORDER BY grid_id LIMIT 1)
WHERE incident_id = $1::bigint AND ($2::integer IS NULL OR version = $2)
RETURNING version;
