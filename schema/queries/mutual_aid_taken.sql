-- Which of the pairs in $1, a JSON array of "lender borrower" texts, open rules have:
-- place in the array from 0, id of the row.
SELECT (w.ordinal - 1)::bigint, t.rule_id
FROM jsonb_array_elements_text($1::jsonb) WITH ORDINALITY AS w (code, ordinal)
JOIN vigil.mutual_aid t ON t.lender_id = split_part(w.code, ' ', 1)::bigint
    AND t.borrower_id = split_part(w.code, ' ', 2)::bigint AND t.valid_to IS NULL
ORDER BY 1;
