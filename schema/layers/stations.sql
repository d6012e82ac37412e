-- Police and volunteer stations. $1 z, $2 x, $3 y, $4 how many zooms of detail
-- to leave out: each drops three quarters of them.
WITH tile AS (
    SELECT ST_TileEnvelope($1::integer, $2::integer, $3::integer) AS box,
           ST_Transform(ST_TileEnvelope($1::integer, $2::integer, $3::integer, margin => 0.015625), 4326) AS reach
)
SELECT ST_AsMVT(feature, 'stations', 4096, 'geom', 'id')
FROM (
    SELECT s.station_id AS id, s.code, s.name,
           ST_AsMVTGeom(ST_Transform(s.geom, 3857), tile.box, 4096, 64, true) AS geom
    FROM vigil.station s, tile
    WHERE s.valid_to IS NULL
      AND EXISTS (SELECT FROM vigil.org_reach r
                  WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = s.org_id)
      AND s.geom && tile.reach AND s.station_id % (1 << (2 * $4::integer)) = 0
    ORDER BY s.station_id
) AS feature
WHERE geom IS NOT NULL;
