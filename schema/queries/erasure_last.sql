DELETE FROM vigil.position_last WHERE person_id = ANY ($1::bigint[]);
