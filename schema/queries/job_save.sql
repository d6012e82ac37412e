-- Where a later try may go on from.
UPDATE vigil.job SET saved = $3::text::jsonb, beat_at = clock_timestamp()
WHERE job_id = $1::bigint AND runner = $2::bigint AND state = 'running';
