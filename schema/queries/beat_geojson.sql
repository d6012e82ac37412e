-- A beat as a GeoJSON feature in WGS 84: its streets as lines, in order.
SELECT json_build_object('type', 'Feature', 'frame', 'wgs84', 'id', b.beat_id,
    'geometry', json_build_object('type', 'MultiLineString', 'coordinates',
        (SELECT json_agg(ST_AsGeoJSON(g.geom, 7)::json -> 'coordinates' ORDER BY s.position)
         FROM vigil.beat_segment s JOIN vigil.segment g USING (segment_id) WHERE s.beat_id = b.beat_id)),
    'properties', json_build_object('beat_id', b.beat_id, 'code', b.code, 'name', b.name, 'length_m', b.length_cm / 100.0))::text
FROM vigil.beat b WHERE b.beat_id = $1::bigint
  AND (EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = b.org_id)
       OR b.org_id IN (SELECT vigil.roster_orgs() WHERE vigil.scope_person() IS NOT NULL));
