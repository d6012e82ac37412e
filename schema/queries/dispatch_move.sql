-- Moves people of an order from the state they were seen in; rows of those who are in
-- it no more stay: $1 dispatch, $2 people, $3 states they are in, $4 states they come
-- to, $5 reason or null, $6 how, $7 token or null, $8 person or null.
UPDATE vigil.dispatch_person p
SET state = m.then_state, reason = $5::text, how = $6::text, by_token_id = $7::bigint,
    by_person_id = $8::bigint
FROM (SELECT q.person_id, m.then_state
      FROM unnest($2::bigint[], string_to_array($3::text, ','), string_to_array($4::text, ','))
               AS m (person_id, was_state, then_state)
      JOIN vigil.dispatch_person q
        ON q.dispatch_id = $1::bigint AND q.person_id = m.person_id AND q.state = m.was_state
      ORDER BY q.person_id
      FOR UPDATE OF q) m
WHERE p.dispatch_id = $1 AND p.person_id = m.person_id;
