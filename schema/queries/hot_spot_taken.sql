-- Which of the codes in $1, a JSON array of texts, open rows have: place in the
-- array from 0, id of the row.
SELECT (w.ordinal - 1)::bigint, t.hot_spot_id
FROM jsonb_array_elements_text($1::jsonb) WITH ORDINALITY AS w (code, ordinal)
JOIN vigil.hot_spot t ON t.code = w.code AND t.valid_to IS NULL
ORDER BY 1;
