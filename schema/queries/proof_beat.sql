-- The streets of a beat on the current import.
SELECT segment_id, from_cm, to_cm FROM vigil.beat_street WHERE beat_id = $1::bigint ORDER BY segment_id, from_cm;
