-- Every link in its order, with its entry as far as it is there.
SELECT a.audit_id, (extract(epoch FROM a.at) * 1000000)::bigint, a.org_id, a.token_id, a.person_id,
       a.action, a.subject, a.purpose, a.request_id, a.detail, s.seq, s.audit_id, s.hash
FROM vigil.audit_seal s LEFT JOIN vigil.audit a USING (audit_id)
ORDER BY s.seq;
