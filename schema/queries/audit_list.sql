-- Entries in the caller's scope, the newest first: $1 before this audit_id, $2 how
-- many; $3 action, $4 subject, $5 token, $6 person who acted, $7 from and $8 until
-- (microseconds since 1970): null for all.
SELECT a.audit_id, vigil.rfc3339(a.at), a.org_id, a.token_id, a.person_id, a.action, a.subject,
       a.purpose, a.request_id, a.detail, s.seq, s.hash
FROM vigil.audit a LEFT JOIN vigil.audit_seal s USING (audit_id)
WHERE a.audit_id < $1::bigint
  AND EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = a.org_id)
  AND ($3::text IS NULL OR a.action = $3)
  AND ($4::text IS NULL OR a.subject = $4)
  AND ($5::bigint IS NULL OR a.token_id = $5)
  AND ($6::bigint IS NULL OR a.person_id = $6)
  AND ($7::bigint IS NULL OR a.at >= 'epoch'::timestamptz + $7 * interval '1 microsecond')
  AND ($8::bigint IS NULL OR a.at < 'epoch'::timestamptz + $8 * interval '1 microsecond')
ORDER BY a.audit_id DESC
LIMIT $2::bigint;
