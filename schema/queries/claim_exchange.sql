-- 'exchanged' when the other squad has asked for the same, else why not.
SELECT vigil.claim_exchange($1::bigint, $2::bigint);
