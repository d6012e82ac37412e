-- The days of an opening in their order, and how many squads each takes.
SELECT d.day_id, (SELECT count(*) FROM vigil.patrol_place p WHERE p.day_id = d.day_id)
FROM vigil.patrol_day d WHERE d.opening_id = $1::bigint AND d.state = 'open' ORDER BY d.day, d.day_id;
