-- Entries that wait for a link, at most $1.
SELECT a.audit_id, (extract(epoch FROM a.at) * 1000000)::bigint, a.org_id, a.token_id, a.person_id,
       a.action, a.subject, a.purpose, a.request_id, a.detail
FROM vigil.audit_pending JOIN vigil.audit a USING (audit_id)
ORDER BY a.audit_id
LIMIT $1::bigint;
