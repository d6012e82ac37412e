-- Speeds by class and mode, and which part of each is left in hour $1 of the week, in thousandths.
SELECT s.class, s.mode, s.kmh, coalesce(h.factors[$1::integer + 1], 1000)
FROM vigil.speed s LEFT JOIN vigil.speed_hour h USING (class, mode)
WHERE s.kmh IS NOT NULL;
