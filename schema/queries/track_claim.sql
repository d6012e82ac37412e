-- Holds a slice of an hour until the transaction ends; no row when somebody has packed it.
SELECT done FROM vigil.track_state WHERE hour_us = $1::bigint AND done = $2::integer AND NOT packed FOR UPDATE;
