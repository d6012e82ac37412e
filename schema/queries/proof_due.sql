-- Claims to be proven: finished so many seconds ago, or asked for.
SELECT claim_id FROM vigil.claim
WHERE state = 'finished' AND ended_at <= now() - make_interval(secs => $1::integer) OR proof_wanted
ORDER BY ended_at, claim_id LIMIT 20;
