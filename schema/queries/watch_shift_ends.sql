-- Shifts that are over, everyone being out: how each went.
UPDATE vigil.shift s SET state = 'ended', version = s.version + 1,
    report = (SELECT json_build_object('came', count(*) FILTER (WHERE u.state IN ('checked_out', 'credited')),
        'late', count(*) FILTER (WHERE u.late_min > 0), 'no_show', count(*) FILTER (WHERE u.state = 'no_show'),
        'left_open', count(*) FILTER (WHERE o.how = 'auto'),
        'minutes', coalesce(sum(h.minutes), 0))
        FROM vigil.signup u
        LEFT JOIN vigil.checkin o ON o.signup_id = u.signup_id AND o.kind = 'out'
        LEFT JOIN vigil.hours_entry h ON h.signup_id = u.signup_id AND h.kind = 'earned'
        WHERE u.shift_id = s.shift_id)
WHERE s.shift_id IN (SELECT d.shift_id FROM vigil.shift d
    WHERE d.state = 'open' AND upper(d.during) + interval '15 minutes' <= now()
      AND NOT EXISTS (SELECT FROM vigil.signup u WHERE u.shift_id = d.shift_id
                      AND u.state IN ('requested', 'approved', 'confirmed', 'checked_in', 'checked_out'))
    ORDER BY d.shift_id LIMIT 200 FOR UPDATE SKIP LOCKED)
RETURNING s.org_id, json_build_object('shift_id', s.shift_id, 'state', 'ended', 'report', s.report)::text;
