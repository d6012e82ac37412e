SELECT vigil.track_close($1::bigint);
