-- Tracks of incidents that can be copied: no single fix of their time is left to pack.
SELECT dispatch_id, person_id FROM vigil.incident_track
WHERE copied_at IS NULL AND until_us < (SELECT min(hour_us) FROM vigil.position_hours())
  AND NOT EXISTS (SELECT FROM vigil.track_state s WHERE NOT s.packed AND s.hour_us <= until_us)
ORDER BY until_us LIMIT 100;
