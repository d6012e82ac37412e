-- $1 ids, $2 people, $3 organisations, $4 number of the role, of the same length.
INSERT INTO vigil.membership (membership_id, person_id, org_id, role)
SELECT id, person, org, (ARRAY['member', 'leader', 'organiser', 'grid_worker'])[role]
FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) AS m (id, person, org, role);
