-- Doubts of the people whom the caller may see, the newest first, before $1 (0: from the
-- newest), at most $2. $3: those that are open (0), are cleared (1), or all (2); $4 the
-- kind, $5 the person (null: any).
SELECT d.doubt_id, d.person_id, p.display_name, d.org_id, d.kind, d.declared, d.likely, d.declared_m, d.likely_m,
       d.late_s, d.fixes, vigil.rfc3339(d.since), vigil.rfc3339(d.cleared_at), d.cleared_by
FROM vigil.doubt d JOIN vigil.person p USING (person_id)
WHERE EXISTS (SELECT FROM vigil.person_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.person_id = d.person_id)
  AND ($1::bigint = 0 OR d.doubt_id < $1)
  AND CASE $3::bigint WHEN 0 THEN d.cleared_at IS NULL WHEN 1 THEN d.cleared_at IS NOT NULL ELSE true END
  AND ($4::text IS NULL OR d.kind = $4)
  AND ($5::bigint IS NULL OR d.person_id = $5)
ORDER BY d.doubt_id DESC LIMIT $2::bigint;
