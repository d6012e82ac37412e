-- Their packed hours with anything of that time.
SELECT h.person_id, s.coarse, h.fixes FROM vigil.track_hour h JOIN vigil.track_state s USING (hour_us)
WHERE h.hour_us >= $2::bigint - 3900000000 AND h.hour_us < $3::bigint + 86700000000
  AND h.person_id = ANY ($1::bigint[]) AND h.from_us <= $3::bigint AND h.until_us >= $2::bigint;
