-- What a step made of a claim: a place that it no longer holds is free.
UPDATE vigil.claim SET state = $2::text, place = CASE WHEN $3::boolean THEN place END,
    swap_with = NULL, version = version + 1
WHERE claim_id = $1::bigint;
