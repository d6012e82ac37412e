-- The first microseconds of the hours that have a partition of positions.
SELECT hour_us FROM vigil.position_hours() ORDER BY 1;
