-- Who never came, once it is over: with whom, and of which shift or claim.
UPDATE vigil.signup u SET state = CASE WHEN u.state = 'requested' THEN 'cancelled' ELSE 'no_show' END,
    swap_offered_at = NULL, version = u.version + 1
WHERE u.signup_id IN (SELECT s.signup_id FROM vigil.signup s
    WHERE s.state IN ('requested', 'approved', 'confirmed') AND upper(s.during) <= now()
    ORDER BY s.signup_id LIMIT 500 FOR UPDATE SKIP LOCKED)
RETURNING u.org_id, u.person_id, json_build_object('signup_id', u.signup_id, 'shift_id', u.shift_id,
    'claim_id', u.claim_id, 'person_id', u.person_id, 'state', u.state)::text;
