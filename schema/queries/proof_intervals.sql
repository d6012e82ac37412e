-- What was walked between $1 and $2 (microseconds since 1970), on the streets of now; nobody walks
-- a street for longer than $3 seconds.
SELECT p.claim_id, coalesce(p.person_id, 0), p.segment_id, p.from_cm, p.to_cm, vigil.microseconds(p.in_at),
       vigil.microseconds(p.out_at), p.planned
FROM vigil.proven_street p
WHERE p.in_at < to_timestamp($2::bigint / 1e6) AND p.out_at > to_timestamp($1::bigint / 1e6)
  AND p.in_at > to_timestamp($1::bigint / 1e6) - make_interval(secs => $3::integer)
  AND (vigil.scope_org() IS NULL
       OR EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = p.org_id))
ORDER BY p.segment_id, p.from_cm, p.in_at, p.claim_id, p.person_id, p.to_cm;
