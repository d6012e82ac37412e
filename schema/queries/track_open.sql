SELECT slices, done, coarse FROM vigil.track_open($1::bigint);
