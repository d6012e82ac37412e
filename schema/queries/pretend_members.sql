-- $1 squads, $2 people, $3 number of the role.
INSERT INTO vigil.squad_member (squad_id, person_id, org_id, role)
SELECT m.squad, m.person, s.org_id, (ARRAY['member', 'leader', 'driver'])[m.role]
FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS m (squad, person, role)
JOIN vigil.squad s ON s.squad_id = m.squad;
