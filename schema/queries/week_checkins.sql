-- When people were checked in at lookout points, in whole seconds: from $1 to before $2; who has not left is there.
SELECT s.lookout_point_id, ceil(extract(epoch FROM i.at))::bigint,
       floor(extract(epoch FROM coalesce(o.at, now())))::bigint
FROM vigil.shift s
JOIN vigil.signup u USING (shift_id)
JOIN vigil.checkin i ON i.signup_id = u.signup_id AND i.kind = 'in'
LEFT JOIN vigil.checkin o ON o.signup_id = u.signup_id AND o.kind = 'out'
WHERE s.lookout_point_id IS NOT NULL
  AND lower(s.during) < to_timestamp($2::bigint) + interval '1 day'
  AND lower(s.during) > to_timestamp($1::bigint) - interval '8 days'
  AND i.at < to_timestamp($2::bigint) AND coalesce(o.at, now()) > to_timestamp($1::bigint)
ORDER BY s.lookout_point_id, i.at;
