-- The moment in microseconds since 1970, and the lookout points at which enough people have
-- checked in, ascending.
SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
       coalesce(array_agg(staffed.lookout_point_id ORDER BY staffed.lookout_point_id), '{}')::bigint[]
FROM (SELECT l.lookout_point_id
      FROM vigil.lookout_point l
      JOIN vigil.shift s USING (lookout_point_id)
      JOIN vigil.signup u ON u.shift_id = s.shift_id AND u.state = 'checked_in'
      WHERE l.valid_to IS NULL
      GROUP BY l.lookout_point_id
      HAVING count(DISTINCT u.person_id) >= greatest(1, l.min_staff)) staffed;
