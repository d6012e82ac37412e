-- Lets version $1 count; the one that did must have been let go (weight_let_go).
UPDATE vigil.weight_version SET in_use = true WHERE weight_version_id = $1::bigint
RETURNING weight_version_id;
