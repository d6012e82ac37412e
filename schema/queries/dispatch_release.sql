-- Lets everybody go who is still sent to an incident: $1 incident, $2 reason or null, $3
-- how, $4 token or null, $5 person or null.
UPDATE vigil.dispatch_person p
SET state = 'stood_down', reason = $2::text, how = $3::text, by_token_id = $4::bigint,
    by_person_id = $5::bigint
FROM (SELECT dispatch_id, person_id FROM vigil.dispatch_person
      WHERE incident_id = $1::bigint AND active
      ORDER BY person_id FOR UPDATE) q
WHERE p.dispatch_id = q.dispatch_id AND p.person_id = q.person_id
RETURNING p.person_id;
