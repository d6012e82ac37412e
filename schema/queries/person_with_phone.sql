SELECT person_id FROM vigil.person WHERE phone_hash = $1::bytea AND valid_to IS NULL;
