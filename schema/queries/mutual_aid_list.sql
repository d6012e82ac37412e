-- The open rules after an id: $1 after, $2 how many, $3 null, $4 the organisation at or
-- below which one of the two stands or null.
SELECT rule_id, version, vigil.rfc3339(valid_from), vigil.rfc3339(valid_to), NULL::bytea,
       lender_id, borrower_id, reach_m
FROM vigil.mutual_aid
WHERE valid_to IS NULL AND rule_id > $1::bigint AND $3::text IS NULL
  AND ($4::bigint IS NULL
       OR lender_id IN (SELECT r.org_id FROM vigil.org_reach r WHERE r.ancestor_id = $4)
       OR borrower_id IN (SELECT r.org_id FROM vigil.org_reach r WHERE r.ancestor_id = $4))
ORDER BY rule_id
LIMIT $2::bigint;
