-- Who has checked in for a patrol day that is not over, ascending, and since when, in
-- microseconds since 1970.
SELECT u.person_id, (extract(epoch FROM min(coalesce(k.at, lower(u.during)))) * 1000000)::bigint
FROM vigil.signup u
LEFT JOIN vigil.checkin k ON k.signup_id = u.signup_id AND k.kind = 'in'
WHERE u.state = 'checked_in' AND u.claim_id IS NOT NULL AND upper(u.during) > now()
GROUP BY u.person_id
ORDER BY u.person_id;
