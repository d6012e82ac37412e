-- What all lookout points see, as it was worked out last.
SELECT lookout_point_id, segment_id, from_cm, to_cm, is_blocked
FROM vigil.lookout_view ORDER BY lookout_point_id, segment_id, from_cm;
