-- Of some lookout points ($3) the shifts that week_shifts has from $1 to before $2, each with its id.
SELECT lookout_point_id, shift_id, ceil(extract(epoch FROM lower(during)))::bigint,
       floor(extract(epoch FROM upper(during)))::bigint
FROM vigil.shift
WHERE lookout_point_id = ANY ($3::bigint[]) AND state <> 'cancelled'
  AND lower(during) < to_timestamp($2::bigint) AND upper(during) > to_timestamp($1::bigint)
  AND lower(during) > to_timestamp($1::bigint) - interval '8 days'
ORDER BY lookout_point_id, lower(during), shift_id;
