-- How many are in squad $1, whose row stays locked until the transaction ends.
WITH squad AS (SELECT squad_id FROM vigil.squad WHERE squad_id = $1::bigint FOR UPDATE)
SELECT count(m.member_id) FROM squad LEFT JOIN vigil.squad_member m
    ON m.squad_id = squad.squad_id AND m.valid_to IS NULL;
