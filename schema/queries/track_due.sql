-- The hours that ended $1 microseconds ago and are not packed, the oldest first, also
-- those of what came when its hour had been packed.
SELECT hour_us FROM (
    SELECT hour_us FROM vigil.position_hours()
    UNION SELECT hour_us FROM vigil.track_state WHERE NOT packed
    UNION SELECT received_us - received_us % 3600000000 FROM vigil.position_history_default
) h WHERE hour_us + 3600000000 + $1::bigint <= vigil.microseconds(now())
ORDER BY 1;
