-- Patrol grids, and a point for the label of each, so that a grid cut by the
-- edge of a tile is named once. $1 z, $2 x, $3 y, $4 how many zooms of detail to
-- leave out: what would be smaller than a few pixels is left out.
WITH tile AS (
    SELECT ST_TileEnvelope($1::integer, $2::integer, $3::integer) AS box,
           ST_Transform(ST_TileEnvelope($1::integer, $2::integer, $3::integer, margin => 0.015625), 4326) AS reach,
           20037508.342789244 / (1 << $1::integer) / 2048 AS unit_m,
           power(360.0 / (1 << greatest($1::integer - $4::integer, 0)) / 512, 2) AS pixel_deg2
), seen AS (
    SELECT g.grid_id AS id, g.code, nullif(g.name, '') AS name, g.kind, nullif(g.responsible, '') AS responsible,
           ST_Area(ST_Envelope(g.geom)) / tile.pixel_deg2 AS pixels,
           ST_Simplify(ST_Transform(g.geom, 3857), tile.unit_m, true) AS geom
    FROM vigil.grid g, tile
    WHERE g.valid_to IS NULL
      AND EXISTS (SELECT FROM vigil.org_reach r
                  WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = g.org_id)
      AND g.geom && tile.reach AND ST_Area(ST_Envelope(g.geom)) > 16 * tile.pixel_deg2
)
SELECT coalesce((
    SELECT ST_AsMVT(feature, 'grids', 4096, 'geom', 'id')
    FROM (
        SELECT id, code, name, kind, responsible, ST_AsMVTGeom(seen.geom, tile.box, 4096, 64, true) AS geom
        FROM seen, tile
        ORDER BY id
    ) AS feature
    WHERE geom IS NOT NULL
), '') || coalesce((
    SELECT ST_AsMVT(feature, 'grid_labels', 4096, 'geom', 'id')
    FROM (
        SELECT id, code, name, ST_AsMVTGeom(ST_PointOnSurface(seen.geom), tile.box, 4096, 0, true) AS geom
        FROM seen, tile
        WHERE pixels > 1600
        ORDER BY id
    ) AS feature
    WHERE geom IS NOT NULL
), '') AS st_asmvt;
