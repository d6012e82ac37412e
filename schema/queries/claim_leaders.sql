-- Who leads the squad of claim $2: of claim $1 itself, which the caller sees, or of one
-- that it could be exchanged with.
SELECT vigil.claim_leaders(c, $2::bigint) FROM vigil.claim c WHERE c.claim_id = $1::bigint;
