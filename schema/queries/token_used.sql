SELECT vigil.token_used($1::bigint, $2::bytea)::text;
