-- Tokens that have not expired, revoked ones among them, the newest first: $1 before this
-- id, $2 how many, $3 of this organisation and those below it (0: all), $4 this one alone
-- (0: all).
SELECT token_id, label, role, org_id, kind,
       (extract(epoch FROM created_at) * 1000000)::bigint,
       (extract(epoch FROM expires_at) * 1000000)::bigint,
       coalesce((extract(epoch FROM used_at) * 1000000)::bigint, 0),
       coalesce((extract(epoch FROM revoked_at) * 1000000)::bigint, 0),
       coalesce(person_id, 0)
FROM vigil.token t
WHERE expires_at > now()
  AND token_id < $1::bigint
  AND ($3::bigint = 0 OR EXISTS (SELECT FROM vigil.org_reach r
                                 WHERE r.ancestor_id = $3 AND r.org_id = t.org_id))
  AND ($4::bigint = 0 OR token_id = $4)
ORDER BY token_id DESC
LIMIT $2::bigint;
