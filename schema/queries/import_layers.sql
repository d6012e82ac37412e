-- Tiles of these layers were of the old city.
INSERT INTO vigil.layer_version (layer)
SELECT unnest(ARRAY['streets', 'water', 'green', 'buildings', 'places', 'boundaries'])
ON CONFLICT (layer) DO UPDATE SET version = layer_version.version + 1
