-- Whose a shift is.
SELECT org_id FROM vigil.shift WHERE shift_id = $1::bigint
    AND EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = shift.org_id);
