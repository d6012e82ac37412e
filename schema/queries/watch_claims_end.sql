-- Claims of days that are over: a patrol under way has finished, one that never started was
-- missed, and who waited waits no more.
UPDATE vigil.claim c SET version = c.version + 1, swap_with = NULL,
    state = CASE WHEN c.state IN ('started', 'paused') THEN 'finished'
                 WHEN c.place IS NOT NULL THEN 'missed' ELSE 'cancelled' END,
    place = CASE WHEN c.state IN ('started', 'paused') THEN c.place END
WHERE c.claim_id IN (SELECT o.claim_id FROM vigil.claim o JOIN vigil.patrol_day d USING (day_id)
    WHERE d.state = 'open' AND upper(d.during) + interval '15 minutes' <= now()
      AND o.state IN ('asked', 'waiting', 'claimed', 'confirmed', 'started', 'paused')
      AND NOT EXISTS (SELECT FROM vigil.signup u WHERE u.claim_id = o.claim_id AND u.state = 'checked_in')
    ORDER BY o.claim_id LIMIT 500 FOR UPDATE OF o SKIP LOCKED)
RETURNING c.squad_org_id, json_build_object('claim_id', c.claim_id, 'day_id', c.day_id, 'squad_id', c.squad_id,
    'state', c.state)::text;
