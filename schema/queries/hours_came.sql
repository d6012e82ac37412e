-- When she checked in, in microseconds since 1970.
SELECT (extract(epoch FROM at) * 1000000)::bigint FROM vigil.checkin WHERE signup_id = $1::bigint AND kind = 'in';
