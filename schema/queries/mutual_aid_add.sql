-- New rows out of $1, a JSON array of objects.
-- COPY would not pass row level security.
INSERT INTO vigil.mutual_aid (rule_id, lender_id, borrower_id, reach_m)
SELECT id, lender_id, borrower_id, reach_m
FROM json_to_recordset($1::text::json) AS r (
    id bigint, lender_id bigint, borrower_id bigint, reach_m integer);
