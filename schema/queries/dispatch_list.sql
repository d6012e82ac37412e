-- The orders of an incident with their people, a row for each person: $1 incident, $2
-- the organisation whose subtree is the caller's or null, $3 the person whose own they
-- are or null (then she alone is told).
SELECT d.dispatch_id, d.incident_id, d.org_id, d.squad_id, d.reason, d.by_token_id, d.by_person_id,
       vigil.rfc3339(d.ordered_at), vigil.rfc3339(d.expires_at),
       p.person_id, vigil.dispatch_name(d.dispatch_id, p.person_id), p.state, p.how, p.reason,
       vigil.rfc3339(p.taken_from), vigil.rfc3339(p.taken_to), vigil.rfc3339(p.state_since),
       (extract(epoch FROM p.expires_at) * 1000000)::bigint,
       (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, i.state, i.stage
FROM vigil.dispatch d
JOIN vigil.dispatch_person p ON p.dispatch_id = d.dispatch_id
JOIN vigil.incident i ON i.incident_id = d.incident_id
WHERE p.incident_id = $1::bigint
  AND (EXISTS (SELECT FROM vigil.org_reach r
               WHERE r.ancestor_id = $2::bigint AND r.org_id = p.org_id)
       OR p.person_id = $3::bigint)
ORDER BY d.dispatch_id, p.person_id;
