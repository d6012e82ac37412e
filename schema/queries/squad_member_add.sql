-- Person $2 joins squad $1 as $3; no row when she is not there.
INSERT INTO vigil.squad_member (squad_id, person_id, org_id, role)
SELECT s.squad_id, p.person_id, s.org_id, $3::text
FROM vigil.squad s, vigil.person p
WHERE s.squad_id = $1::bigint AND p.person_id = $2::bigint AND p.valid_to IS NULL;
