-- Every organisation, closed ones too: their rows stay in scope. By id.
SELECT org_id, coalesce(parent_id, 0), kind, code, name, valid_to IS NOT NULL
FROM vigil.org ORDER BY org_id;
