-- Where these stations (0), lookout points (1), sites (2) and incidents (3) stand, as far
-- as whoever asks may see them.
SELECT 0 AS kind, s.station_id AS id, ST_X(s.geom) AS lon, ST_Y(s.geom) AS lat
FROM vigil.station s
WHERE s.station_id = ANY ($1::bigint[]) AND s.valid_to IS NULL
  AND EXISTS (SELECT FROM vigil.org_reach r
              WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = s.org_id)
UNION ALL
SELECT 1, p.lookout_point_id, ST_X(p.geom), ST_Y(p.geom)
FROM vigil.lookout_point p
WHERE p.lookout_point_id = ANY ($2::bigint[]) AND p.valid_to IS NULL
  AND EXISTS (SELECT FROM vigil.org_reach r
              WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = p.org_id)
UNION ALL
SELECT 2, s.site_id, ST_X(s.geom), ST_Y(s.geom)
FROM vigil.site s
WHERE s.site_id = ANY ($3::bigint[]) AND s.valid_to IS NULL
  AND EXISTS (SELECT FROM vigil.org_reach r
              WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = s.org_id)
UNION ALL
SELECT 3, i.incident_id, ST_X(i.geom), ST_Y(i.geom)
FROM vigil.incident i
WHERE i.incident_id = ANY ($4::bigint[])
  AND EXISTS (SELECT FROM vigil.org_reach r
              WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = i.org_id);
