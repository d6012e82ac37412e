-- Takes the next job of these kinds: $2 seconds of silence mean that a process has died.
SELECT job_id, org_id, kind, wish::text, saved::text, runner
FROM vigil.job_take($1::text::text[], make_interval(secs => $2::bigint));
