-- Links $1 + 1 … for the entries $2, their hashes one behind the other in $3.
INSERT INTO vigil.audit_seal (seq, audit_id, hash)
SELECT $1::bigint + n, audit_id, substring($3::bytea FROM ((n - 1) * 32 + 1)::integer FOR 32)
FROM unnest($2::bigint[]) WITH ORDINALITY AS entry (audit_id, n);
