-- Forgets the events older than so many days, at most 10,000 at once.
SELECT vigil.event_forget($1::integer);
