-- Every lookout point, closed ones too, by id; the last column: what it sees was worked out from where it stands
-- now, in the current import.
SELECT l.lookout_point_id, l.org_id, l.code, l.name, l.valid_to IS NULL AND l.state = 'active',
       coalesce(floor(extract(epoch FROM l.valid_to))::bigint, 9223372036854775807), greatest(l.min_staff, 1), l.reach_m,
       round(ST_X(l.geom) * 1e7)::integer, round(ST_Y(l.geom) * 1e7)::integer,
       (s.lon_e7, s.lat_e7, s.reach_m, s.org_id, s.import_id)
       IS NOT DISTINCT FROM (round(ST_X(l.geom) * 1e7)::integer, round(ST_Y(l.geom) * 1e7)::integer, l.reach_m, l.org_id, $1::bigint)
FROM vigil.lookout_point l LEFT JOIN vigil.lookout_seen s USING (lookout_point_id)
ORDER BY l.lookout_point_id;
