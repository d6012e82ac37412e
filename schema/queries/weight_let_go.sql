-- No version but $1 counts any more; null: none.
UPDATE vigil.weight_version SET in_use = false WHERE in_use AND weight_version_id IS DISTINCT FROM $1::bigint;
