-- Who was there on a patrol that was under way from $2 to $3, from when to when, and whether she agrees to be
-- located.
SELECT u.signup_id, u.person_id, greatest(vigil.microseconds(i.at), $2::bigint),
       coalesce(least(vigil.microseconds(o.at), $3::bigint), $3::bigint), p.location_consent
FROM vigil.signup u JOIN vigil.person p USING (person_id)
JOIN vigil.checkin i ON i.signup_id = u.signup_id AND i.kind = 'in'
LEFT JOIN vigil.checkin o ON o.signup_id = u.signup_id AND o.kind = 'out'
WHERE u.claim_id = $1::bigint
ORDER BY u.signup_id;
