UPDATE vigil.erasure SET positions = positions + $2::bigint WHERE person_id = $1::bigint AND positions_at IS NULL;
