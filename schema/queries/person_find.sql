-- The next $3 people of the organisation $1 and below it after the person $2, in the
-- order in which vigil.people_find gives them.
SELECT c.*
FROM vigil.people_find($1::bigint, $2::bigint, $3::bigint, $4::text, $5::bigint[], $6::text, $7::text,
                       $8::boolean, $9::bigint, $10::boolean) WITH ORDINALITY AS found (person_id, place)
JOIN vigil.person_card c USING (person_id)
ORDER BY found.place;
