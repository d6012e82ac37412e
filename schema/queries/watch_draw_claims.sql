-- Who asks for a day, how many days of the month her squad has, and whether it is on
-- another beat then.
SELECT c.claim_id, c.squad_id, c.arrival, c.fair, vigil.claim_busy(c.squad_id, c.during),
    (SELECT count(*) FROM vigil.claim h
     WHERE h.squad_id = c.squad_id AND h.month = c.month AND h.place IS NOT NULL)
FROM vigil.claim c WHERE c.day_id = $1::bigint AND c.state = 'asked';
