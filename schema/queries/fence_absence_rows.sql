-- Absences from fences, the newest first: as fence_visit_rows; $8 absent or ended.
SELECT b.absence_id, 1::bigint, vigil.fence_absence_json(b)
FROM vigil.fence_absence b
WHERE $1::bigint IS NULL AND ($2::bigint = 0 OR b.absence_id < $2)
  AND EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = b.org_id)
  AND ($4::bigint IS NULL OR b.org_id IN (SELECT org_id FROM vigil.org_reach WHERE ancestor_id = $4::bigint))
  AND ($5::bigint IS NULL OR b.fence_id = $5) AND $6::text IS NULL AND $7::text IS NULL
  AND ($8::text IS NULL OR $8 = CASE WHEN b.ended_at IS NULL THEN 'absent' ELSE 'ended' END)
  AND ($9::bigint IS NULL OR b.person_id = $9)
ORDER BY b.absence_id DESC LIMIT $3::bigint;
