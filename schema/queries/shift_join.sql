-- A shift that is joined as role $2: whether it is still to come, who may, and whether who
-- asks is in the squad it is of, or in its organisation.
SELECT s.org_id, s.state = 'open' AND upper(s.during) > now(), s.joins, s.approval, s.squad_id,
    s.squad_id IS NOT NULL AND s.squad_id IN (SELECT vigil.roster_squads(false) WHERE vigil.scope_person() IS NOT NULL),
    s.org_id IN (SELECT vigil.roster_orgs() WHERE vigil.scope_person() IS NOT NULL),
    EXISTS (SELECT FROM vigil.shift_need n WHERE n.shift_id = s.shift_id AND n.role = $2::text),
    (SELECT string_agg(n.role, ', ' ORDER BY n.role) FROM vigil.shift_need n WHERE n.shift_id = s.shift_id)
FROM vigil.shift s WHERE s.shift_id = $1::bigint
  AND (EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = s.org_id)
       OR s.org_id IN (SELECT vigil.roster_orgs() WHERE vigil.scope_person() IS NOT NULL));
