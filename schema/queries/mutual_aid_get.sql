-- One row by its id, open or closed.
SELECT rule_id, version, vigil.rfc3339(valid_from), vigil.rfc3339(valid_to), NULL::bytea,
       lender_id, borrower_id, reach_m
FROM vigil.mutual_aid
WHERE rule_id = $1::bigint;
