-- A place $3 $4 (longitude, latitude) as checkpoint $2 of beat $1, on the nearest of its streets within $7 metres; no
-- row when there is none.
INSERT INTO vigil.beat_checkpoint (beat_id, position, org_id, name, segment_id, at_cm, stay_s)
SELECT b.beat_id, $2::integer, b.org_id, $5::text, g.segment_id,
       least(round(ST_LineLocatePoint(g.geom, p.at) * g.length_cm), g.length_cm)::integer, $6::integer
FROM vigil.beat b JOIN vigil.beat_segment s USING (beat_id) JOIN vigil.segment g USING (segment_id),
     LATERAL (SELECT ST_SetSRID(ST_MakePoint($3::float8, $4::float8), 4326) AS at) p
WHERE b.beat_id = $1::bigint AND ST_DWithin(g.geom::geography, p.at::geography, $7::float8)
ORDER BY g.geom::geography <-> p.at::geography, g.segment_id LIMIT 1;
