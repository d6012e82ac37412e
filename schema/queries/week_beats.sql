-- The streets of some beats as they are walked, on the current import.
SELECT b.beat_id, b.segment_id, b.from_cm, b.to_cm
FROM vigil.beat_street b JOIN vigil.segment g USING (segment_id)
WHERE b.beat_id = ANY ($1::bigint[])
ORDER BY b.beat_id, b.position, g.start_cm + b.from_cm;
