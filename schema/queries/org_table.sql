-- The open organisations at or below $1 as a table that can be read again, parents
-- first; the city itself is left out.
SELECT o.code, o.name, o.kind, coalesce(up.code, ''), o.trade, o.address, o.duty_phone, o.credit_code
FROM vigil.org_reach r
JOIN vigil.org o USING (org_id)
LEFT JOIN vigil.org up ON up.org_id = o.parent_id AND up.kind <> 'city' AND r.depth > 0
WHERE r.ancestor_id = $1::bigint AND o.valid_to IS NULL AND o.kind <> 'city'
ORDER BY r.depth, o.code;
