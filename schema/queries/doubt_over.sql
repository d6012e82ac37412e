-- The fixes of the device of $1 show that a doubt, of the frame or of the clock, is over.
UPDATE vigil.doubt SET cleared_at = clock_timestamp()
WHERE person_id = $1::bigint AND kind = $2::text AND cleared_at IS NULL;
