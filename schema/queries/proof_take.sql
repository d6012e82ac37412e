-- Holds a claim that is to be proven; no row when another process has it or has proven it.
SELECT c.day_id, c.org_id, c.squad_id, c.squad_org_id, c.state, d.beat_id, b.length_cm,
       vigil.microseconds(coalesce(c.started_at, lower(c.during))), vigil.microseconds(coalesce(c.ended_at, upper(c.during)))
FROM vigil.claim c JOIN vigil.patrol_day d USING (day_id) JOIN vigil.beat b USING (beat_id)
WHERE c.claim_id = $1::bigint AND (c.state = 'finished' OR c.proof_wanted)
FOR UPDATE OF c SKIP LOCKED;
