-- The seal of a cursor: twelve bytes that only this database can make.
SELECT left(encode(sha256(key || sha256(key || convert_to($2::bigint || ' ' || $1::text, 'UTF8'))), 'hex'), 24)
FROM vigil.cursor_key;
