-- Patrol days that begin within a quarter of an hour with a squad of which too few have
-- confirmed or are there, or without any squad: each is told of once.
UPDATE vigil.patrol_day d SET alerted_at = now(), version = d.version + 1
FROM (SELECT p.day_id, p.min_people AS wanted, coalesce(min(h.coming), 0) AS coming
      FROM vigil.patrol_day p
      LEFT JOIN LATERAL (
          SELECT (SELECT count(*) FROM vigil.signup u
                  WHERE u.claim_id = c.claim_id AND u.state IN ('confirmed', 'checked_in')) AS coming
          FROM vigil.claim c WHERE c.day_id = p.day_id AND c.place IS NOT NULL) h ON true
      WHERE p.state = 'open' AND p.alerted_at IS NULL
        AND lower(p.during) > now() AND lower(p.during) <= now() + interval '15 minutes'
      GROUP BY p.day_id) t
WHERE d.day_id = t.day_id AND d.alerted_at IS NULL AND t.coming < t.wanted
RETURNING d.org_id, json_build_object('alert', 'too_few', 'day_id', d.day_id,
    'starts_at', vigil.rfc3339(lower(d.during)), 'wanted', t.wanted, 'coming', t.coming)::text;
