-- The tokens that have not expired, revoked ones among them.
SELECT token_id, label, role, org_id, kind,
       (extract(epoch FROM created_at) * 1000000)::bigint,
       (extract(epoch FROM expires_at) * 1000000)::bigint,
       coalesce((extract(epoch FROM used_at) * 1000000)::bigint, 0),
       coalesce((extract(epoch FROM revoked_at) * 1000000)::bigint, 0),
       coalesce(person_id, 0)
FROM vigil.token
WHERE expires_at > now()
ORDER BY token_id DESC
LIMIT 1000;
