-- The last link, and how many entries wait for theirs; no link: 0 and null.
SELECT coalesce(max(s.seq), 0),
       (SELECT hash FROM vigil.audit_seal ORDER BY seq DESC LIMIT 1),
       (SELECT count(*) FROM vigil.audit_pending)
FROM (SELECT seq FROM vigil.audit_seal ORDER BY seq DESC LIMIT 1) s;
