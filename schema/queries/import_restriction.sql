INSERT INTO vigil.restriction (relation_id, kind, tags, members, import_id)
SELECT relation_id, kind, coalesce(tags, '{}'), coalesce(members, '[]'), $1::bigint
FROM vigil_staging.restriction
