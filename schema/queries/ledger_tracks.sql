-- The packed hours with any fix of the time from $1 to $2, as long as nothing of them was
-- left out.
SELECT h.person_id, h.fixes FROM vigil.track_hour h JOIN vigil.track_state s USING (hour_us)
WHERE h.until_us >= $1::bigint AND h.from_us <= $2::bigint AND NOT s.coarse;
