-- What people go to, of the current import.
SELECT ST_X(geom), ST_Y(geom), 0.0::float8 FROM osm.name WHERE kind = 'poi' ORDER BY name, geom;
