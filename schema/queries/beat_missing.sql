-- The first of these segments that is not there.
SELECT s.segment_id, s.position FROM unnest($1::bigint[]) WITH ORDINALITY s (segment_id, position)
WHERE NOT EXISTS (SELECT FROM vigil.segment g WHERE g.segment_id = s.segment_id AND g.valid_to IS NULL)
ORDER BY s.position LIMIT 1;
