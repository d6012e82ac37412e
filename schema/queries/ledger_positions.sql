-- The single fixes of the time from $1 to $2, as a ledger of `vigil load` has them.
SELECT person_id, fix_us, lon_e7::bigint, lat_e7::bigint FROM vigil.position_history
WHERE fix_us BETWEEN $1::bigint AND $2::bigint;
