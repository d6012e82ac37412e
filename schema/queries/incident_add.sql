-- A new incident: $1 id, $2 type, $3 priority or null for the type's, $4 longitude, $5
-- latitude, $6 address, $7 note, $8 sealed phone or null, $9 the firm that opens it or
-- null, $10 token, $11 null or when a node took it that could not bring it until now, in
-- microseconds since 1970: then a type that was given up meanwhile will do. Whose it is,
-- the place decides.
WITH place AS (
    SELECT ST_SetSRID(ST_MakePoint($4::float8, $5::float8), 4326) AS geom
), added AS (
    INSERT INTO vigil.incident (incident_id, org_id, firm_id, type, priority, geom, address, note,
                                reporter_phone, by_token_id, grid_id, state_since, t0)
    SELECT $1::bigint, vigil.incident_org(place.geom), $9::bigint, t.type,
           coalesce($3::smallint, t.priority), place.geom, $6::text, $7::text, $8::bytea, $10::bigint,
           (SELECT grid_id FROM vigil.grid g
            WHERE g.valid_to IS NULL AND g.geom && place.geom AND ST_Covers(g.geom, place.geom)
              AND EXISTS (SELECT FROM vigil.org_reach r
                          WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = g.org_id)
            ORDER BY grid_id LIMIT 1),
           coalesce(to_timestamp($11::bigint / 1e6), clock_timestamp()),
           coalesce(to_timestamp($11 / 1e6), clock_timestamp())
    FROM place, vigil.incident_type t
    WHERE t.type = $2::text AND (t.valid_to IS NULL OR $11 IS NOT NULL)
    RETURNING incident_id, org_id
)
SELECT org_id FROM added;
