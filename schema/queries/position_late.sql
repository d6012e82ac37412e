-- Which of these fixes ($1 of whom, $2 when by the device, in microseconds since 1970) are
-- from a time at which their person was not tracked, counted from 1: what a phone gathered
-- off duty does not come in because she is on duty when it sends it. Who is not tracked now
-- is left to position_untracked, which says why.
SELECT n
FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS fix (person_id, fix_us, n)
JOIN vigil.person p USING (person_id)
WHERE vigil.person_tracked(p) AND NOT vigil.person_tracked_at(p, to_timestamp(fix_us / 1e6));
