-- Entries without a link: all, those older than 10 s, and those that nothing would
-- ever seal, which nobody can have added in the ordinary way; with the first of each.
SELECT count(*), count(*) FILTER (WHERE is_late), count(*) FILTER (WHERE is_lost),
       coalesce(min(audit_id) FILTER (WHERE is_late OR is_lost), 0)
FROM (SELECT a.audit_id, a.at < clock_timestamp() - interval '10 seconds' AS is_late,
             NOT EXISTS (SELECT FROM vigil.audit_pending p WHERE p.audit_id = a.audit_id) AS is_lost
      FROM vigil.audit a
      WHERE NOT EXISTS (SELECT FROM vigil.audit_seal s WHERE s.audit_id = a.audit_id)) loose;
