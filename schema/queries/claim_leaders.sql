-- Who leads the squad of a claim.
SELECT vigil.claim_leaders($1::bigint);
