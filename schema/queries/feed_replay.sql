-- What somebody missed: the events after $1 up to $2, at most $3, that the scope of
-- the connection sees.
SELECT number, kind, org_id, coalesce(firm_id, 0), coalesce(incident_id, 0), people, data,
       (extract(epoch FROM told_at) * 1000000)::bigint
FROM vigil.event WHERE number > $1::bigint AND number <= $2::bigint
ORDER BY number LIMIT $3::integer;
