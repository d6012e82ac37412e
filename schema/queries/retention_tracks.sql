-- Tracks of incidents that ended so many days ago.
DELETE FROM vigil.incident_track
WHERE copied_at IS NOT NULL AND until_us < vigil.microseconds(now() - $1::bigint * interval '1 day');
