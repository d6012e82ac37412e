-- The claims $1 in the order of the draw: who has a place ($2, 0 is none) and where in the
-- list ($3). Each with its squad's organisation and who leads it.
UPDATE vigil.claim c
SET state = CASE WHEN g.place > 0 THEN 'claimed' ELSE 'waiting' END, place = nullif(g.place, 0), rank = g.rank,
    version = c.version + 1
FROM unnest($1::bigint[], $2::integer[], $3::integer[]) g (claim_id, place, rank)
WHERE c.claim_id = g.claim_id AND c.state = 'asked'
RETURNING c.claim_id, c.squad_org_id, c.state,
    ARRAY(SELECT m.person_id FROM vigil.squad_member m
          WHERE m.squad_id = c.squad_id AND m.role = 'leader' AND m.valid_to IS NULL);
