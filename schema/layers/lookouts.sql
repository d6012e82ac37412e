-- Lookout points and their state. $1 z, $2 x, $3 y, $4 how many zooms of detail
-- to leave out: each drops three quarters of them.
WITH tile AS (
    SELECT ST_TileEnvelope($1::integer, $2::integer, $3::integer) AS box,
           ST_Transform(ST_TileEnvelope($1::integer, $2::integer, $3::integer, margin => 0.015625), 4326) AS reach
)
SELECT ST_AsMVT(feature, 'lookouts', 4096, 'geom', 'id')
FROM (
    SELECT l.lookout_point_id AS id, l.code, l.name, l.state, l.reach_m,
           ST_AsMVTGeom(ST_Transform(l.geom, 3857), tile.box, 4096, 64, true) AS geom
    FROM vigil.lookout_point l, tile
    WHERE l.valid_to IS NULL
      AND EXISTS (SELECT FROM vigil.org_reach r
                  WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = l.org_id)
      AND l.geom && tile.reach AND l.lookout_point_id % (1 << (2 * $4::integer)) = 0
    ORDER BY l.lookout_point_id
) AS feature
WHERE geom IS NOT NULL;
