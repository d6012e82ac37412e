-- The timeline of an incident after a line: $1 incident, $2 after, $3 how many.
SELECT e.event_id, vigil.rfc3339(e.at), e.kind, e.dispatch_id, e.person_id,
       vigil.dispatch_name(e.dispatch_id, e.person_id), e.by_token_id, e.by_person_id, e.how,
       e.detail::text
FROM vigil.incident_event e
WHERE e.incident_id = $1::bigint AND e.event_id > $2::bigint
ORDER BY e.event_id
LIMIT $3::bigint;
