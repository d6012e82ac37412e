-- What has to be known before people are sent: $1 incident, $2 people or null, $3 squad
-- or null, $4 whether to lock the incident, $5 token and $6 Idempotency-Key of the
-- request: whether it was answered before.
SELECT f.org_id, f.state, f.type, f.priority, f.volunteer_allowed, f.min_age, f.squad_known,
       f.person_id, f.known, f.is_lent, f.name, f.home_id, f.on_duty, f.consent, f.credential_ok,
       f.age, f.mode, f.hired, vigil.rfc3339(f.taken_from), f.taken_incident, f.taken_by,
       EXISTS (SELECT FROM vigil.idempotency k WHERE k.token_id = $5::bigint AND k.key = $6::text)
FROM vigil.dispatch_facts($1::bigint, $2::bigint[], $3::bigint, $4::boolean) f;
