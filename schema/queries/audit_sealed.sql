DELETE FROM vigil.audit_pending WHERE audit_id = ANY ($1::bigint[]);
