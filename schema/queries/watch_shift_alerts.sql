-- Shifts that begin within a quarter of an hour with too few people who have confirmed or
-- are there: each is told of once.
UPDATE vigil.shift s SET alerted_at = now(), version = s.version + 1
FROM (SELECT n.shift_id, sum(n.min_count) AS wanted,
             sum(least(n.min_count, (SELECT count(*) FROM vigil.signup u
                 WHERE u.shift_id = n.shift_id AND u.role = n.role AND u.state IN ('confirmed', 'checked_in')))) AS coming
      FROM vigil.shift_need n JOIN vigil.shift d USING (shift_id)
      WHERE d.state = 'open' AND d.alerted_at IS NULL
        AND lower(d.during) > now() AND lower(d.during) <= now() + interval '15 minutes'
      GROUP BY n.shift_id) t
WHERE s.shift_id = t.shift_id AND s.alerted_at IS NULL AND t.coming < t.wanted
RETURNING s.org_id, json_build_object('alert', 'too_few', 'shift_id', s.shift_id, 'name', s.name,
    'starts_at', vigil.rfc3339(lower(s.during)), 'wanted', t.wanted, 'coming', t.coming)::text;
