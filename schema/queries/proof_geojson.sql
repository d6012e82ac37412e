-- The proof of a claim as GeoJSON in WGS 84: what was walked of the beat, what was walked beside it, what was missed.
WITH seen AS (
    SELECT p.claim_id, d.beat_id FROM vigil.proof p JOIN vigil.claim c USING (claim_id) JOIN vigil.patrol_day d USING (day_id)
    WHERE p.claim_id = $1::bigint
      AND (EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = c.org_id)
           OR EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = c.squad_org_id)
           OR c.squad_id IN (SELECT vigil.roster_squads(false) WHERE vigil.scope_person() IS NOT NULL))
), walked AS (
    SELECT w.segment_id, w.planned, range_agg(int4range(w.from_cm, w.to_cm)) AS parts, min(w.in_at) AS first_at,
           max(w.out_at) AS last_at
    FROM seen JOIN vigil.proven_street w USING (claim_id) GROUP BY w.segment_id, w.planned
), beat AS (
    SELECT b.segment_id, range_agg(int4range(b.from_cm, b.to_cm)) AS parts
    FROM seen JOIN vigil.beat_street b USING (beat_id) GROUP BY b.segment_id
), parts AS (
    SELECT segment_id, CASE WHEN planned THEN 'proven' ELSE 'beside' END AS kind, unnest(parts) AS part, first_at, last_at
    FROM walked
    UNION ALL
    SELECT b.segment_id, 'missed', unnest(b.parts - coalesce((SELECT range_agg(p) FROM walked w, unnest(w.parts) p
                                                              WHERE w.segment_id = b.segment_id), '{}')), NULL, NULL
    FROM beat b
)
SELECT json_build_object('type', 'FeatureCollection', 'frame', 'wgs84', 'features', (
    SELECT coalesce(json_agg(json_build_object('type', 'Feature',
        'geometry', ST_AsGeoJSON(ST_LineSubstring(g.geom, lower(x.part)::float8 / g.length_cm,
                                                  least(upper(x.part)::float8 / g.length_cm, 1)), 7)::json,
        'properties', json_build_object('kind', x.kind, 'segment_id', x.segment_id, 'street', g.name,
            'from_m', lower(x.part) / 100.0, 'to_m', upper(x.part) / 100.0,
            'length_m', (upper(x.part) - lower(x.part)) / 100.0,
            'first_at', vigil.rfc3339(x.first_at), 'last_at', vigil.rfc3339(x.last_at)))
        ORDER BY x.segment_id, lower(x.part), x.kind), '[]')
    FROM parts x JOIN vigil.segment g USING (segment_id)))::text
FROM seen;
