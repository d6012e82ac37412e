-- A job is over: $3 done, failed or cancelled; or queued again for another process.
UPDATE vigil.job SET state = $3::text, result = $4::text::jsonb, code = $5::text, detail = $6::text,
    share = CASE $3 WHEN 'done' THEN 1 ELSE share END,
    tries = CASE $3 WHEN 'queued' THEN tries - 1 ELSE tries END,
    finished_at = CASE $3 WHEN 'queued' THEN NULL ELSE clock_timestamp() END
WHERE job_id = $1::bigint AND runner = $2::bigint AND state = 'running';
