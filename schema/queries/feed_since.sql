-- The events after number $1, at most $2, in their order.
SELECT number, kind, org_id, coalesce(firm_id, 0), coalesce(incident_id, 0), people, data,
       (extract(epoch FROM told_at) * 1000000)::bigint
FROM vigil.event WHERE number > $1::bigint ORDER BY number LIMIT $2::integer;
