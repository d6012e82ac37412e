-- Two people of the point's organisation for each made-up evening shift, nobody at two
-- of one evening: $1 ids, two for each shift, $2 the shifts.
WITH place AS (
    SELECT s.shift_id, s.org_id, row_number() OVER (PARTITION BY s.org_id, s.day ORDER BY s.shift_id) AS number
    FROM vigil.shift s WHERE s.shift_id = ANY ($2::bigint[])
), someone AS (
    SELECT p.person_id, o.parent_id AS org_id, row_number() OVER (PARTITION BY o.parent_id ORDER BY p.person_id) AS number
    FROM vigil.person p JOIN vigil.org o USING (org_id)
    WHERE o.kind = 'village' AND p.valid_to IS NULL AND p.credential_until IS NULL AND p.birth_year < 2006
), pair AS (
    SELECT place.shift_id, someone.person_id, row_number() OVER (ORDER BY place.shift_id, someone.number) AS k
    FROM place JOIN someone ON someone.org_id = place.org_id
        AND someone.number IN (2 * place.number - 1, 2 * place.number)
)
INSERT INTO vigil.signup (signup_id, shift_id, person_id, role, state)
SELECT ($1::bigint[])[k], shift_id, person_id, 'member', 'confirmed' FROM pair;
