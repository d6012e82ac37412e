-- The people of a claim that is given up: who they are.
UPDATE vigil.signup SET state = 'cancelled', version = version + 1
WHERE claim_id = $1::bigint AND state IN ('requested', 'approved', 'confirmed')
RETURNING person_id;
