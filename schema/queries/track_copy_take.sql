-- The mark that a track is to be copied, taken away: it comes back as what was copied.
DELETE FROM vigil.incident_track
WHERE (dispatch_id, person_id) = ($1::bigint, $2::bigint) AND copied_at IS NULL
RETURNING incident_id, org_id, from_us, until_us;
