-- The packed hours that ended $1 hours ago and are not coarse yet.
SELECT hour_us FROM vigil.track_state
WHERE packed AND NOT coarse AND hour_us + 3600000000 * (1 + $1::bigint) <= vigil.microseconds(now())
ORDER BY 1;
