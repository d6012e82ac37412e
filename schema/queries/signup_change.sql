-- What a step made of a sign-up. An offer ends with every other step.
UPDATE vigil.signup SET state = $2::text, late_min = coalesce(nullif($3::integer, 0), late_min),
    swap_offered_at = CASE WHEN $4::boolean THEN clock_timestamp() END, swap_to = $5::bigint, version = version + 1
WHERE signup_id = $1::bigint;
