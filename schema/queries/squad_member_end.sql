-- Person $2 leaves squad $1.
UPDATE vigil.squad_member SET valid_to = now()
WHERE squad_id = $1::bigint AND person_id = $2::bigint AND valid_to IS NULL;
