-- Uses an enter code up and gives the id of the session made for it, null for who comes late.
SELECT vigil.token_spend($1::bigint, $2::bytea, $3::bytea, $4::bigint);
