-- Openings whose window is over and that nobody has drawn yet.
SELECT opening_id FROM vigil.patrol_opening WHERE drawn_at IS NULL AND closes_at <= now()
ORDER BY closes_at, opening_id LIMIT 20;
