-- Patrol days that squads have claimed, also those that nobody came to then, in whole seconds: with any of their time
-- from $1 to before $2.
SELECT c.claim_id, c.org_id, d.beat_id, ceil(extract(epoch FROM lower(c.during)))::bigint,
       floor(extract(epoch FROM upper(c.during)))::bigint
FROM vigil.claim c JOIN vigil.patrol_day d USING (day_id)
WHERE d.state <> 'cancelled'
  AND c.state IN ('claimed', 'confirmed', 'started', 'paused', 'finished', 'verified', 'credited', 'missed', 'abandoned')
  AND lower(c.during) < to_timestamp($2::bigint) AND upper(c.during) > to_timestamp($1::bigint)
  AND lower(c.during) > to_timestamp($1::bigint) - interval '8 days'
ORDER BY c.claim_id;
