-- What a check-out earned: minutes $3 between the check-ins of the sign-up $2.
INSERT INTO vigil.hours_entry (entry_id, org_id, person_id, kind, activity, minutes, signup_id, checkin_in, checkin_out, token_id)
SELECT $1::bigint, u.org_id, u.person_id, 'earned', CASE WHEN u.shift_id IS NULL THEN 'patrol' ELSE 'shift' END,
    $3::integer, u.signup_id, i.checkin_id, o.checkin_id, nullif($4::bigint, 0)
FROM vigil.signup u
LEFT JOIN vigil.checkin i ON i.signup_id = u.signup_id AND i.kind = 'in'
LEFT JOIN vigil.checkin o ON o.signup_id = u.signup_id AND o.kind = 'out'
WHERE u.signup_id = $2::bigint;
