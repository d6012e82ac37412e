-- Who of those on duty holds all of the kinds of credentials in $1 (a JSON array of $2
-- different texts), none of them run out.
SELECT c.person_id
FROM vigil.credential c JOIN vigil.person p USING (person_id)
WHERE c.type IN (SELECT json_array_elements_text($1::text::json))
  AND c.valid_to IS NULL AND c.state = 'valid'
  AND (c.expires IS NULL OR c.expires >= (now() AT TIME ZONE 'UTC')::date)
  AND p.on_duty AND p.valid_to IS NULL
GROUP BY c.person_id
HAVING count(DISTINCT c.type) = $2::bigint
ORDER BY c.person_id;
