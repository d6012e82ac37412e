UPDATE vigil.erasure SET positions_at = clock_timestamp() WHERE erasure_id = ANY ($1::bigint[]);
