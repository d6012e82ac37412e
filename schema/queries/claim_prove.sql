-- Wishes for a claim's proof while positions of its time are kept as they were sent, for $2 hours.
UPDATE vigil.claim SET proof_wanted = true, version = version + 1
WHERE claim_id = $1::bigint
  AND coalesce(started_at, lower(during)) > now() - make_interval(hours => $2::integer);
