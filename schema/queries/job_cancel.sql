-- Wishes a job's end; one that nobody has begun ends with that.
UPDATE vigil.job SET cancel_at = clock_timestamp(),
    state = CASE state WHEN 'queued' THEN 'cancelled' ELSE state END,
    finished_at = CASE state WHEN 'queued' THEN clock_timestamp() END
WHERE job_id = $1::bigint AND state IN ('queued', 'running') AND cancel_at IS NULL
  AND EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = job.org_id);
