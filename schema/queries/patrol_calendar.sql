-- A month ($1, its first day) of the patrol days at or below organisation $2: each day's
-- stage, how fair it went among its squads, and who has no day at all.
WITH days AS (
    SELECT d.*, vigil.patrol_stage(d, o) AS stage, b.length_cm
    FROM vigil.patrol_day d JOIN vigil.patrol_opening o USING (opening_id) JOIN vigil.beat b USING (beat_id)
    WHERE o.month = $1::text::date AND d.org_id IN (SELECT org_id FROM vigil.org_reach WHERE ancestor_id = $2::bigint)
      AND EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = d.org_id)
), squads AS (
    SELECT s.squad_id, s.name, s.org_id,
        count(c.claim_id) FILTER (WHERE c.place IS NOT NULL) AS held,
        count(c.claim_id) FILTER (WHERE c.state = 'waiting') AS waiting,
        count(c.claim_id) FILTER (WHERE c.state = 'asked') AS asked,
        count(c.claim_id) FILTER (WHERE c.state = 'missed') AS missed,
        count(c.claim_id) FILTER (WHERE c.state <> 'cancelled') AS claims
    FROM vigil.squad s LEFT JOIN vigil.claim c ON c.squad_id = s.squad_id AND c.month = $1::text::date
    WHERE s.kind = 'squad' AND s.valid_to IS NULL
      AND s.org_id IN (SELECT org_id FROM vigil.org_reach WHERE ancestor_id = $2)
      AND EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = s.org_id)
    GROUP BY s.squad_id
)
SELECT json_build_object('month', to_char($1::text::date, 'YYYY-MM'), 'org_id', $2,
    'days', coalesce((SELECT json_agg(json_build_object('day_id', day_id, 'day', day, 'plan_id', plan_id,
        'beat_id', beat_id, 'state', stage, 'tally', vigil.patrol_tally(day_id)) ORDER BY day, day_id) FROM days), '[]'),
    'squads', coalesce((SELECT json_agg(json_build_object('squad_id', squad_id, 'squad', name, 'org_id', org_id,
        'held', held, 'waiting', waiting, 'asked', asked, 'missed', missed) ORDER BY held, squad_id) FROM squads), '[]'),
    'fairness', (SELECT json_build_object('least', coalesce(min(held), 0), 'most', coalesce(max(held), 0),
        'mean', coalesce(round(avg(held), 2), 0)) FROM squads WHERE claims > 0),
    'shortfall', (SELECT json_build_object(
        'squads_without_a_day', count(*) FILTER (WHERE claims > 0 AND held = 0 AND asked = 0),
        'places', (SELECT count(*) FROM vigil.patrol_place p JOIN days USING (day_id)),
        'places_free', (SELECT count(*) FROM vigil.patrol_place p JOIN days USING (day_id))
                     - (SELECT count(*) FROM vigil.claim c JOIN days USING (day_id) WHERE c.place IS NOT NULL),
        'unclaimed_days', (SELECT count(*) FROM days WHERE stage IN ('open', 'planned', 'missed')),
        'unclaimed_m', (SELECT coalesce(sum(length_cm), 0) / 100.0 FROM days WHERE stage IN ('open', 'planned', 'missed')))
        FROM squads))::text;
