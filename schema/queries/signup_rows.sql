-- Sign-ups: $1 one id or null, $2 after which id, $3 how many, $4 at or below which
-- organisation, $5 of which shift or claim, $6 and $7 from and to which day,
-- $8 state, $9 of whom.
SELECT u.signup_id, u.version, json_build_object(
    'signup_id', u.signup_id, 'org_id', u.org_id, 'shift_id', u.shift_id, 'claim_id', u.claim_id,
    'person_id', u.person_id, 'role', u.role, 'state', u.state,
    'starts_at', vigil.rfc3339(lower(u.during)), 'ends_at', vigil.rfc3339(upper(u.during)),
    'late_min', u.late_min, 'swap', CASE WHEN u.swap_offered_at IS NOT NULL THEN json_build_object(
        'offered_at', vigil.rfc3339(u.swap_offered_at), 'to_person_id', u.swap_to) END,
    'swapped_from', u.swapped_from,
    'check_in', (SELECT json_build_object('how', k.how, 'at', vigil.rfc3339(k.at), 'distance_m', k.distance_m,
                     'by_person_id', k.by_person, 'note', k.note)
                 FROM vigil.checkin k WHERE k.signup_id = u.signup_id AND k.kind = 'in'),
    'check_out', (SELECT json_build_object('how', k.how, 'at', vigil.rfc3339(k.at), 'distance_m', k.distance_m,
                      'by_person_id', k.by_person, 'note', k.note)
                  FROM vigil.checkin k WHERE k.signup_id = u.signup_id AND k.kind = 'out'),
    'version', u.version)::text
FROM vigil.signup u
WHERE ($1::bigint IS NULL OR u.signup_id = $1) AND u.signup_id > $2::bigint
  AND (EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = u.org_id)
       OR u.person_id = vigil.scope_person() OR u.claim_id IN (SELECT vigil.roster_claims(true))
       OR (u.swap_offered_at IS NOT NULL AND coalesce(u.swap_to, vigil.scope_person()) = vigil.scope_person()
           AND u.org_id IN (SELECT vigil.roster_orgs())))
  AND ($4::bigint IS NULL OR u.org_id IN (SELECT org_id FROM vigil.org_reach WHERE ancestor_id = $4::bigint))
  AND ($5::bigint IS NULL OR u.shift_id = $5 OR u.claim_id = $5)
  AND ($6::text::date IS NULL OR upper(u.during) > $6::text::date::timestamptz)
  AND ($7::text::date IS NULL OR lower(u.during) < ($7::text::date + 1)::timestamptz)
  AND ($8::text IS NULL OR u.state = $8) AND ($9::bigint IS NULL OR u.person_id = $9)
ORDER BY u.signup_id LIMIT $3::bigint;
