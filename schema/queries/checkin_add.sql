-- That she came or left; its id in answer.
INSERT INTO vigil.checkin (checkin_id, signup_id, org_id, person_id, kind, how, at, distance_m, note, token_id, by_person)
VALUES ($1::bigint, $2::bigint, $3::bigint, $4::bigint, $5::text, $6::text, to_timestamp($7::bigint / 1e6), $8::integer,
    $9::text, nullif($10::bigint, 0), nullif($11::bigint, 0));
