-- How far a spool has come; no row when nothing of it ever came.
SELECT number FROM vigil.spool WHERE spool_id = encode($1::bytea, 'hex')::uuid;
