-- Which of the codes in $1, a JSON array of "organisation code" texts, open rows have:
-- place in the array from 0, id of the row.
SELECT (w.ordinal - 1)::bigint, t.squad_id
FROM jsonb_array_elements_text($1::jsonb) WITH ORDINALITY AS w (code, ordinal)
JOIN vigil.squad t ON t.org_id = split_part(w.code, ' ', 1)::bigint
    AND t.code = substr(w.code, strpos(w.code, ' ') + 1) AND t.valid_to IS NULL
ORDER BY 1;
