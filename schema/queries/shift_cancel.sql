-- Calls an open shift off, and with it who had signed up: who they are.
WITH called AS (
    UPDATE vigil.shift SET state = 'cancelled', version = version + 1
    WHERE shift_id = $1::bigint AND state = 'open' AND upper(during) > now()
      AND EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = shift.org_id)
    RETURNING shift_id
)
UPDATE vigil.signup u SET state = 'cancelled', version = u.version + 1
FROM called WHERE u.shift_id = called.shift_id AND u.state IN ('requested', 'approved', 'confirmed')
RETURNING u.person_id;
