SELECT vigil.dispatch_lock($1::bigint);
