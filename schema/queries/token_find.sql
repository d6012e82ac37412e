-- The token whose secret was brought, with what is needed to let it in.
SELECT token_id, label, role, org_id, kind,
       (extract(epoch FROM created_at) * 1000000)::bigint,
       (extract(epoch FROM expires_at) * 1000000)::bigint,
       coalesce((extract(epoch FROM used_at) * 1000000)::bigint, 0),
       coalesce((extract(epoch FROM revoked_at) * 1000000)::bigint, 0), coalesce(person_id, 0),
       expires_at > now() AND revoked_at IS NULL AND (kind <> 'enter' OR used_at IS NULL),
       used_at IS NULL OR used_at < now() - interval '1 minute'
FROM vigil.token_find($1::bigint, $2::bytea);
