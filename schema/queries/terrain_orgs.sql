-- The organisations, parents first.
SELECT o.org_id, coalesce(o.parent_id, 0), o.code, o.name, ST_AsBinary(o.area, 'NDR')
FROM vigil.org o JOIN vigil.org_reach r ON r.ancestor_id = 1 AND r.org_id = o.org_id
WHERE o.valid_to IS NULL ORDER BY r.depth, o.org_id;
