-- Whether an organisation is in scope; whether a time ($2, microseconds) is still to come; and how much is
-- closed in the city already.
SELECT EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = $1::bigint),
       coalesce(to_timestamp($2::bigint / 1e6) > now(), true), n.closures, n.parts
FROM vigil.closure_count() AS n;
