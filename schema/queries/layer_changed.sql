-- Counts the layer up. The row stays locked until the transaction ends, which is
-- what makes the writers of one layer take turns.
INSERT INTO vigil.layer_version (layer, version) VALUES ($1::text, 2)
ON CONFLICT (layer) DO UPDATE SET version = layer_version.version + 1
RETURNING version;
