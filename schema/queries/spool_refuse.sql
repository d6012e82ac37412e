-- A record that could not be carried out: $1 spool, $2 number, $3 kind, $4 why, $5 bytes.
INSERT INTO vigil.spool_refused (spool_id, number, kind, reason, record)
VALUES (encode($1::bytea, 'hex')::uuid, $2::bigint, $3::integer, $4::text, $5::bytea);
