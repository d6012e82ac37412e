-- Stays in fences, the newest first: $1 nothing, $2 before which id (0: the newest), $3 how
-- many, $4 at or below which organisation, $5 in which fence, $6 and $7 nothing, $8 inside or
-- ended, $9 whose.
SELECT v.visit_id, 1::bigint, vigil.fence_visit_json(v)
FROM vigil.fence_visit v
WHERE $1::bigint IS NULL AND ($2::bigint = 0 OR v.visit_id < $2)
  AND EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = v.org_id)
  AND ($4::bigint IS NULL OR v.org_id IN (SELECT org_id FROM vigil.org_reach WHERE ancestor_id = $4::bigint))
  AND ($5::bigint IS NULL OR v.fence_id = $5) AND $6::text IS NULL AND $7::text IS NULL
  AND ($8::text IS NULL OR $8 = CASE WHEN v.leave_us IS NULL THEN 'inside' ELSE 'ended' END)
  AND ($9::bigint IS NULL OR v.person_id = $9)
ORDER BY v.visit_id DESC LIMIT $3::bigint;
