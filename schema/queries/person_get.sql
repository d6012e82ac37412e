-- A person whom the organisation $2, or one below it, has at home or as a member; and
-- herself.
SELECT c.*
FROM vigil.person_card c
WHERE c.person_id = $1::bigint
  AND (EXISTS (SELECT FROM vigil.person_reach r WHERE r.ancestor_id = $2::bigint AND r.person_id = c.person_id)
       OR c.person_id = vigil.scope_person());
