-- The rules that hold now, with the borrower's area simplified to some 20 m.
SELECT m.lender_id, m.borrower_id, m.reach_m,
       ST_AsBinary(ST_SimplifyPreserveTopology(o.area, 0.0002), 'NDR')
FROM vigil.mutual_aid m
JOIN vigil.org o ON o.org_id = m.borrower_id
WHERE m.valid_to IS NULL AND o.valid_to IS NULL AND o.area IS NOT NULL
ORDER BY m.rule_id;
