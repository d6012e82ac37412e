SELECT vigil.track_agreed($1::bigint);
