-- The open organisations at or below $2 that have one of the codes of $1, a JSON array.
SELECT o.code, o.org_id
FROM vigil.org o
WHERE o.code IN (SELECT json_array_elements_text($1::text::json)) AND o.valid_to IS NULL
  AND EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = $2::bigint AND r.org_id = o.org_id)
ORDER BY o.code COLLATE "C";
