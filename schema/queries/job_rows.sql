-- Jobs: $1 up to which id or null, $2 after which id, $3 how many, $4 at or below which organisation, $5 to $7 nothing,
-- $8 state, $9 nothing.
SELECT j.job_id, 1::bigint, vigil.job_json(j)
FROM vigil.job j
WHERE j.job_id > $2::bigint AND j.job_id <= coalesce($1::bigint, 9007199254740991)
  AND EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = j.org_id)
  AND ($4::bigint IS NULL OR j.org_id IN (SELECT org_id FROM vigil.org_reach WHERE ancestor_id = $4::bigint))
  AND $5::bigint IS NULL AND $6::text IS NULL AND $7::text IS NULL
  AND ($8::text IS NULL OR j.state = $8) AND $9::bigint IS NULL
ORDER BY j.job_id LIMIT $3::bigint;
