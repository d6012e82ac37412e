-- Receipts in the caller's scope, the newest first, before $1.
SELECT erasure_id, person_id, org_id, values_gone, memberships, credentials, tokens, positions,
       vigil.rfc3339(asked_at), vigil.rfc3339(positions_at), kind
FROM vigil.erasure WHERE erasure_id < $1::bigint
  AND EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = erasure.org_id)
ORDER BY erasure_id DESC LIMIT $2::bigint;
