-- Where people are stationed or sent to look out, in one organisation ($1) and all below
-- it, or in the whole city (null); at most $2.
SELECT kind, id, code, name, ST_X(geom), ST_Y(geom)
FROM (SELECT 'station' AS kind, station_id AS id, code, name, geom, org_id
      FROM vigil.station WHERE valid_to IS NULL
      UNION ALL
      SELECT 'lookout_point', lookout_point_id, code, name, geom, org_id
      FROM vigil.lookout_point WHERE valid_to IS NULL) AS place
WHERE $1::bigint IS NULL
      OR EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = $1 AND r.org_id = place.org_id)
ORDER BY kind DESC, id
LIMIT $2::bigint;
