-- All that is closed or slowed now or will be, with when it begins and ends in microseconds (0: does not end).
SELECT closure_id, modes, coalesce(factor, 0), coalesce(speed_mh, 0),
       (extract(epoch FROM starts_at) * 1000000)::bigint, coalesce((extract(epoch FROM ends_at) * 1000000)::bigint, 0), told
FROM vigil.closure
WHERE lifted_at IS NULL AND (ends_at IS NULL OR ends_at > now() OR told <> 'over')
ORDER BY closure_id;
