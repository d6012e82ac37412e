-- Asks for the day of claim $2, which must be held by another squad of the same
-- organisation's days, in exchange for that of $1.
UPDATE vigil.claim SET swap_with = $2::bigint, version = version + 1
WHERE claim_id = $1::bigint AND vigil.claim_swappable($1::bigint, $2::bigint);
