-- Progress of a job that is still this runner's; whether its end was wished.
UPDATE vigil.job SET share = $3::float8, step = $4::text, beat_at = clock_timestamp()
WHERE job_id = $1::bigint AND runner = $2::bigint AND state = 'running'
RETURNING cancel_at IS NOT NULL;
