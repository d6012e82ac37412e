-- The cells and the districts of an organisation and all below it, by id.
SELECT by, id, code, name, ST_AsBinary(geom, 'NDR')
FROM (SELECT 'grid' AS by, grid_id AS id, org_id, code, name, geom FROM vigil.grid WHERE valid_to IS NULL
      UNION ALL
      SELECT 'org', org_id, org_id, code, name, area FROM vigil.org WHERE valid_to IS NULL AND area IS NOT NULL) a
WHERE EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = $1::bigint AND r.org_id = a.org_id)
ORDER BY by, id LIMIT $2::bigint;
