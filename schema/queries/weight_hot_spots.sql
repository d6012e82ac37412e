-- The hot spots of the city.
SELECT hot_spot_id, ST_AsBinary(geom, 'NDR') FROM vigil.hot_spot WHERE valid_to IS NULL ORDER BY hot_spot_id;
