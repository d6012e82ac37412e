-- One order with its people, a row for each: $1 order, $2 and $3 as of dispatch_list. A
-- statement of its own, because one that may ask for either is planned anew each time.
SELECT d.dispatch_id, d.incident_id, d.org_id, d.squad_id, d.reason, d.by_token_id, d.by_person_id,
       vigil.rfc3339(d.ordered_at), vigil.rfc3339(d.expires_at),
       p.person_id, vigil.dispatch_name(d.dispatch_id, p.person_id), p.state, p.how, p.reason,
       vigil.rfc3339(p.taken_from), vigil.rfc3339(p.taken_to), vigil.rfc3339(p.state_since),
       (extract(epoch FROM p.expires_at) * 1000000)::bigint,
       (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, i.state, i.stage
FROM vigil.dispatch d
JOIN vigil.dispatch_person p ON p.dispatch_id = d.dispatch_id
JOIN vigil.incident i ON i.incident_id = d.incident_id
WHERE p.dispatch_id = $1::bigint
  AND (EXISTS (SELECT FROM vigil.org_reach r
               WHERE r.ancestor_id = $2::bigint AND r.org_id = p.org_id)
       OR p.person_id = $3::bigint)
ORDER BY p.person_id;
