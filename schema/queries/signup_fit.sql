-- Whether a credential that person $1 must have has expired; no row when the caller may
-- not name her, null when she is no volunteer any more.
SELECT vigil.signup_unfit($1::bigint)
WHERE current_user = 'vigil_engine' OR $1 = vigil.scope_person()
    OR $1 IN (SELECT vigil.roster_led() WHERE vigil.scope_person() IS NOT NULL)
   OR EXISTS (SELECT FROM vigil.person_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.person_id = $1);
