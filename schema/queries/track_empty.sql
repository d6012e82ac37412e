SELECT vigil.track_empty($1::bigint);
