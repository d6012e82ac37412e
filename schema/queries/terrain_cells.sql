-- The cells of all grids, by id.
SELECT grid_id, org_id, code, name, profile, ST_AsBinary(geom, 'NDR')
FROM vigil.grid WHERE valid_to IS NULL ORDER BY grid_id;
