-- Those who accepted to go to an incident and still agree to be located, from then until
-- they were cleared, or now; with the parts that are copied, if they are.
SELECT d.dispatch_id, d.person_id, vigil.dispatch_name(d.dispatch_id, d.person_id),
       coalesce(t.from_us, vigil.microseconds(e.begun)),
       coalesce(t.until_us, vigil.microseconds(coalesce(d.taken_to, now()))), t.fixes
FROM vigil.dispatch_person d
JOIN LATERAL (SELECT min(v.at) AS begun FROM vigil.incident_event v
              WHERE v.incident_id = d.incident_id AND v.dispatch_id = d.dispatch_id AND v.person_id = d.person_id
                AND v.kind IN ('accepted', 'enroute', 'on_scene', 'working')) e ON e.begun IS NOT NULL
LEFT JOIN vigil.incident_track t ON t.dispatch_id = d.dispatch_id AND t.person_id = d.person_id AND t.copied_at IS NOT NULL
WHERE d.incident_id = $1::bigint AND vigil.track_agreed(d.person_id)
  AND EXISTS (SELECT FROM vigil.org_reach r
              WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = d.org_id)
ORDER BY d.dispatch_id, d.person_id, t.part;
