-- Squad $3 asks for day $2 as claim $1: 'asked', 'claimed' or 'waiting', or why not.
SELECT vigil.claim_ask($1::bigint, $2::bigint, $3::bigint);
