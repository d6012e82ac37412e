-- Sign-ups: $1 up to which id or null, $2 after which id, $3 how many, $4 at or below which
-- organisation, $5 and $9 null, $6 and $7 from and to which day,
-- $8 state.
SELECT u.signup_id, u.version, vigil.signup_json(u)
FROM vigil.signup u
WHERE u.signup_id > $2::bigint AND u.signup_id <= coalesce($1::bigint, 9007199254740991)
  AND (EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = u.org_id)
       OR u.person_id = vigil.scope_person()
       OR u.claim_id IN (SELECT vigil.roster_claims(true) WHERE vigil.scope_person() IS NOT NULL)
       OR (u.swap_offered_at IS NOT NULL AND u.state IN ('requested', 'approved', 'confirmed')
           AND coalesce(u.swap_to, vigil.scope_person()) = vigil.scope_person()
           AND u.org_id IN (SELECT vigil.roster_orgs() WHERE vigil.scope_person() IS NOT NULL)))
  AND ($4::bigint IS NULL OR u.org_id IN (SELECT org_id FROM vigil.org_reach WHERE ancestor_id = $4::bigint))
  AND $5::bigint IS NULL
  AND ($6::text::date IS NULL OR upper(u.during) > $6::text::date::timestamptz)
  AND ($7::text::date IS NULL OR lower(u.during) < ($7::text::date + 1)::timestamptz)
  AND ($8::text IS NULL OR u.state = $8) AND $9::bigint IS NULL
ORDER BY u.signup_id LIMIT $3::bigint;
