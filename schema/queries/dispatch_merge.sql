-- The orders of an incident go over to another with those who are still sent, who are
-- told: $1 from, $2 to. Orders that are over stay where they were.
WITH target AS (
    SELECT incident_id, org_id FROM vigil.incident WHERE incident_id = $2::bigint
), living AS (
    SELECT DISTINCT dispatch_id FROM vigil.dispatch_person
    WHERE incident_id = $1::bigint AND active
), orders AS (
    UPDATE vigil.dispatch d SET incident_id = t.incident_id, org_id = t.org_id
    FROM target t, living l WHERE d.dispatch_id = l.dispatch_id
    RETURNING d.dispatch_id
), people AS (
    UPDATE vigil.dispatch_person p SET incident_id = t.incident_id, org_id = t.org_id
    FROM target t, living l
    WHERE p.dispatch_id = l.dispatch_id
    RETURNING p.person_id, p.active
)
SELECT person_id FROM people WHERE active;
