-- Who was sent in the run $1 of `vigil load`, by the number in the order's reason.
SELECT substr(d.reason, length($1::text) + 2)::bigint AS number, p.person_id, p.dispatch_id,
       p.incident_id
FROM vigil.dispatch d JOIN vigil.dispatch_person p USING (dispatch_id)
WHERE starts_with(d.reason, $1::text || '-');
