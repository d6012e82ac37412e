-- The members by their roles, in order. Several via nodes are none: what is meant is not clear.
SELECT r.tags, coalesce(m.via_node, 0), m.from_ways, m.via_ways, m.to_ways
FROM vigil.restriction r,
     LATERAL (SELECT coalesce(array_agg(ref ORDER BY place) FILTER (WHERE type = 'w' AND role = 'from'), '{}') AS from_ways,
                     coalesce(array_agg(ref ORDER BY place) FILTER (WHERE type = 'w' AND role = 'via'), '{}') AS via_ways,
                     coalesce(array_agg(ref ORDER BY place) FILTER (WHERE type = 'w' AND role = 'to'), '{}') AS to_ways,
                     CASE WHEN count(*) FILTER (WHERE type = 'n' AND role = 'via') = 1
                          THEN min(ref) FILTER (WHERE type = 'n' AND role = 'via') END AS via_node
              FROM jsonb_array_elements(r.members) WITH ORDINALITY AS e (member, place),
                   jsonb_to_record(e.member) AS (type text, ref bigint, role text)) AS m
WHERE r.import_id = $1::bigint
ORDER BY r.relation_id;
