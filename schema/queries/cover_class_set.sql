-- Changes what counts: classes, 1 or 0, and seconds side by side.
UPDATE vigil.cover_class c SET counts = given.counts = 1, window_s = given.window_s
FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS given (class, counts, window_s)
WHERE c.class = given.class AND (c.counts, c.window_s) IS DISTINCT FROM (given.counts = 1, given.window_s::integer);
