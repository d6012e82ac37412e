-- Squads with a station that are in scope, and where it stands.
SELECT s.squad_id, s.name, ST_X(t.geom), ST_Y(t.geom)
FROM vigil.squad s JOIN vigil.station t USING (station_id)
WHERE s.valid_to IS NULL AND t.valid_to IS NULL AND s.kind = 'squad'
  AND EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = s.org_id)
ORDER BY s.squad_id LIMIT $1::bigint;
