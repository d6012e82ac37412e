-- Who of these people is not tracked, and why: 0 nobody has this id, 1 she has not agreed,
-- 2 she is off duty. Of the others it stays so until the transaction ends.
SELECT w.person_id,
       CASE WHEN p.person_id IS NULL THEN 0 WHEN NOT p.location_consent THEN 1 ELSE 2 END
FROM unnest($1::bigint[]) AS w (person_id)
LEFT JOIN vigil.person p ON p.person_id = w.person_id AND p.valid_to IS NULL
WHERE NOT EXISTS (SELECT FROM vigil.position_last l WHERE l.person_id = w.person_id FOR KEY SHARE);
