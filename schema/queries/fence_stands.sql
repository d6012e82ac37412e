-- Whether an organisation is in scope, and whether what is named with it (a lookout point, a
-- grid, an incident, a squad; or null) is open and stands at or below it; and how many fences
-- the city has.
SELECT EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = $1::bigint),
    EXISTS (SELECT FROM vigil.lookout_point p JOIN vigil.org_reach n USING (org_id)
            WHERE p.lookout_point_id = $2::bigint AND p.valid_to IS NULL AND n.ancestor_id = $1 AND vigil.in_scope(p.org_id)),
    EXISTS (SELECT FROM vigil.grid g JOIN vigil.org_reach n USING (org_id)
            WHERE g.grid_id = $3::bigint AND g.valid_to IS NULL AND n.ancestor_id = $1 AND vigil.in_scope(g.org_id)),
    EXISTS (SELECT FROM vigil.incident i JOIN vigil.org_reach n USING (org_id)
            WHERE i.incident_id = $4::bigint AND i.state NOT IN ('closed', 'cancelled', 'merged')
              AND n.ancestor_id = $1 AND vigil.in_scope(i.org_id)),
    EXISTS (SELECT FROM vigil.squad s JOIN vigil.org_reach n USING (org_id)
            WHERE s.squad_id = $5::bigint AND s.valid_to IS NULL AND n.ancestor_id = $1 AND vigil.in_scope(s.org_id)),
    vigil.fence_count();
