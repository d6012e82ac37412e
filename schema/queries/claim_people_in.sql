-- Who is checked in on a claimed patrol.
SELECT signup_id FROM vigil.signup WHERE claim_id = $1::bigint AND state = 'checked_in' ORDER BY signup_id;
