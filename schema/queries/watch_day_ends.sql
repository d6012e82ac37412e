-- Patrol days that are over, every claim being settled: how each went.
UPDATE vigil.patrol_day d SET state = 'ended', version = d.version + 1,
    report = json_build_object(
        'finished', (SELECT count(*) FROM vigil.claim c WHERE c.day_id = d.day_id
        AND c.state IN ('finished', 'verified', 'credited')),
        'missed', (SELECT count(*) FROM vigil.claim c WHERE c.day_id = d.day_id AND c.state IN ('missed', 'abandoned')),
        'came', (SELECT count(*) FROM vigil.signup u JOIN vigil.claim c USING (claim_id)
                 WHERE c.day_id = d.day_id AND u.state IN ('checked_out', 'credited')),
        'no_show', (SELECT count(*) FROM vigil.signup u JOIN vigil.claim c USING (claim_id)
                    WHERE c.day_id = d.day_id AND u.state = 'no_show'),
        'minutes', (SELECT coalesce(sum(h.minutes), 0) FROM vigil.hours_entry h JOIN vigil.signup u USING (signup_id)
                    JOIN vigil.claim c USING (claim_id) WHERE c.day_id = d.day_id AND h.kind = 'earned'))
WHERE d.day_id IN (SELECT o.day_id FROM vigil.patrol_day o
    WHERE o.state = 'open' AND upper(o.during) + interval '15 minutes' <= now()
      AND NOT EXISTS (SELECT FROM vigil.claim c WHERE c.day_id = o.day_id
                      AND c.state IN ('asked', 'waiting', 'claimed', 'confirmed', 'started', 'paused'))
    ORDER BY o.day_id LIMIT 200 FOR UPDATE SKIP LOCKED)
RETURNING d.org_id, json_build_object('day_id', d.day_id, 'state', 'ended', 'report', d.report)::text;
