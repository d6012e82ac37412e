-- Where the incidents of the last $1 days were and how old they are, in days; those that
-- were taken back and those that were another's are left out.
SELECT ST_X(geom), ST_Y(geom), (extract(epoch FROM now() - t0) / 86400)::float8
FROM vigil.incident
WHERE t0 > now() - $1::bigint * interval '1 day' AND state NOT IN ('cancelled', 'merged')
ORDER BY incident_id;
