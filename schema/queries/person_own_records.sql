-- What else is kept under the caller's own number, each kind as one JSON array.
SELECT 'credentials', coalesce(json_agg(json_build_object(
           'type', type, 'issuer', issuer, 'issued', issued, 'expires', expires, 'state', state)), '[]')
FROM vigil.credential WHERE person_id = $1::bigint AND person_id = vigil.scope_person()
UNION ALL
SELECT 'devices', coalesce(json_agg(json_build_object(
           'device_id', device_id, 'name', name, 'format', format, 'frame', frame,
           'since', vigil.rfc3339(valid_from), 'until', vigil.rfc3339(valid_to)) ORDER BY device_id), '[]')
FROM vigil.device WHERE person_id = $1 AND person_id = vigil.scope_person()
UNION ALL
SELECT 'hours', coalesce(json_agg(to_json(h) ORDER BY h.entry_id), '[]')
FROM (SELECT * FROM vigil.hours_entry WHERE person_id = $1 AND person_id = vigil.scope_person() ORDER BY entry_id DESC LIMIT 10000) h
UNION ALL
SELECT 'signups', coalesce(json_agg(to_json(s) ORDER BY s.signup_id), '[]')
FROM (SELECT * FROM vigil.signup WHERE person_id = $1 AND person_id = vigil.scope_person() ORDER BY signup_id DESC LIMIT 10000) s
UNION ALL
SELECT 'dispatches', coalesce(json_agg(json_build_object(
           'dispatch_id', d.dispatch_id, 'incident_id', d.incident_id, 'state', d.state,
           'since', vigil.rfc3339(d.state_since)) ORDER BY d.dispatch_id), '[]')
FROM (SELECT * FROM vigil.dispatch_person WHERE person_id = $1 AND person_id = vigil.scope_person() ORDER BY dispatch_id DESC LIMIT 10000) d;
