-- Who has checked in for a patrol day that is not over and does not pause, ascending, and since when, in microseconds
-- since 1970: since the last pause, because what was before it has been told when it began.
SELECT u.person_id,
       (extract(epoch FROM min(greatest(coalesce(k.at, lower(u.during)), upper(c.paused)))) * 1000000)::bigint
FROM vigil.signup u JOIN vigil.claim c USING (claim_id)
LEFT JOIN vigil.checkin k ON k.signup_id = u.signup_id AND k.kind = 'in'
WHERE u.state = 'checked_in' AND c.state <> 'paused' AND upper(u.during) > now()
GROUP BY u.person_id
ORDER BY u.person_id;
