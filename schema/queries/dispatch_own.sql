-- A person's own orders, the newest first, with what she needs to know to go there: $1
-- person, $2 only those that are not over, $3 how many.
SELECT p.dispatch_id, p.incident_id, p.state, vigil.rfc3339(p.expires_at), vigil.rfc3339(p.taken_from),
       vigil.rfc3339(p.taken_to), d.reason, d.squad_id, i.type, t.name_zh, t.name_en, i.priority,
       i.state, i.stage, ST_X(i.geom), ST_Y(i.geom), i.address, i.note
FROM vigil.dispatch_person p
JOIN vigil.dispatch d ON d.dispatch_id = p.dispatch_id
JOIN vigil.incident i ON i.incident_id = p.incident_id
JOIN vigil.incident_type t ON t.type = i.type
WHERE p.person_id = $1::bigint AND (NOT $2::boolean OR p.active)
ORDER BY p.dispatch_id DESC
LIMIT $3::bigint;
