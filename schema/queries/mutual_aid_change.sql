-- Writes a row anew: $1 its id, then its fields in order.
UPDATE vigil.mutual_aid
SET version = version + 1,
    lender_id = $2::bigint, borrower_id = $3::bigint, reach_m = $4::integer
WHERE rule_id = $1::bigint AND valid_to IS NULL;
