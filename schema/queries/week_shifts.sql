-- Shifts at lookout points that are not cancelled, in whole seconds: those with any of their time from $1 to before $2.
SELECT lookout_point_id, ceil(extract(epoch FROM lower(during)))::bigint, floor(extract(epoch FROM upper(during)))::bigint
FROM vigil.shift
WHERE lookout_point_id IS NOT NULL AND state <> 'cancelled'
  AND lower(during) < to_timestamp($2::bigint) AND upper(during) > to_timestamp($1::bigint)
  AND lower(during) > to_timestamp($1::bigint) - interval '8 days'
ORDER BY lookout_point_id, lower(during);
