SELECT vigil.closure_cover($1::bigint);
