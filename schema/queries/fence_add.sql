-- A new fence in the shape of what it is around; a radius that is not given ($8) is the
-- lookout point's reach, and 50 m around an incident.
INSERT INTO vigil.fence (fence_id, org_id, name, lookout_point_id, grid_id, incident_id, geom, radius_m, margin_m,
                         whom, squad_id, kinds, dwell_s, grace_s)
SELECT $1::bigint, $2::bigint, $3::text, $4::bigint, $5::bigint, $6::bigint,
       CASE WHEN $4 IS NOT NULL THEN (SELECT geom FROM vigil.lookout_point WHERE lookout_point_id = $4)
            WHEN $5 IS NOT NULL THEN (SELECT geom FROM vigil.grid WHERE grid_id = $5)
            WHEN $6 IS NOT NULL THEN (SELECT geom FROM vigil.incident WHERE incident_id = $6)
            ELSE ST_GeomFromEWKB($7::bytea) END,
       CASE WHEN $4 IS NOT NULL THEN coalesce($8::integer,
                (SELECT greatest(10, reach_m) FROM vigil.lookout_point WHERE lookout_point_id = $4))
            WHEN $6 IS NOT NULL THEN coalesce($8, 50)
            ELSE $8 END,
       $9::integer, $10::text, $11::bigint, string_to_array($12::text, ' '), $13::integer, $14::integer;
