-- What stands against the newest fixes of these people ($1 whom; $2, $3, $4 when and where,
-- -1 of whom has none), after position_move has changed fewer rows than there are people:
-- 0 nobody has this id, 1 she has not agreed, 2 she is off duty, 3 this very fix was her last
-- position before: it comes again. Who is tracked stays so until the transaction ends.
SELECT w.person_id,
       CASE WHEN l.person_id IS NOT NULL THEN 3 WHEN p.person_id IS NULL THEN 0
            WHEN NOT p.location_consent THEN 1 ELSE 2 END
FROM unnest($1::bigint[], $2::bigint[], $3::integer[], $4::integer[]) AS w (person_id, fix_us, lon_e7, lat_e7)
LEFT JOIN LATERAL (SELECT l.person_id, (l.fix_us, l.lon_e7, l.lat_e7) = (w.fix_us, w.lon_e7, w.lat_e7)
                          AND l.xmin <> pg_current_xact_id()::xid AS is_repeat
                   FROM vigil.position_last l WHERE l.person_id = w.person_id FOR KEY SHARE) l ON true
LEFT JOIN vigil.person p ON p.person_id = w.person_id AND p.valid_to IS NULL
WHERE l.person_id IS NULL OR l.is_repeat;
