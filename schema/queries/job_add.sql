-- Queues a job; no row when so many are open in the city: $7.
INSERT INTO vigil.job (job_id, org_id, kind, wish, token_id, person_id)
SELECT $1::bigint, $2::bigint, $3::text, $4::text::jsonb, $5::bigint, $6::bigint
WHERE vigil.job_open_count() < $7::bigint
  AND EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = $2);
