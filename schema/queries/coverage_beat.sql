-- The streets of the beats that somebody patrols, ascending: $1 the person.
SELECT DISTINCT s.segment_id, s.from_cm, s.to_cm
FROM vigil.signup u JOIN vigil.claim c USING (claim_id) JOIN vigil.patrol_day d USING (day_id)
JOIN vigil.beat_street s USING (beat_id)
WHERE u.person_id = $1::bigint AND u.state = 'checked_in' AND c.state <> 'paused' AND upper(u.during) > now()
ORDER BY s.segment_id, s.from_cm, s.to_cm;
