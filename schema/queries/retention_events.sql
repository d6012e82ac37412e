-- Told events that are so many days old; those told last stay, whatever their age.
DELETE FROM vigil.event
WHERE told_at < now() - $1::integer * interval '1 day'
  AND number < (SELECT max(number) FROM vigil.event);
