-- Buildings that come into a box.
SELECT ST_AsBinary(geom, 'NDR')
FROM osm.building
WHERE geom && ST_MakeEnvelope($1::float8, $2::float8, $3::float8, $4::float8, 4326)
ORDER BY osm_id LIMIT $5::bigint;
