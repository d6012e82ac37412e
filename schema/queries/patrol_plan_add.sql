INSERT INTO vigil.patrol_plan (plan_id, org_id, beat_id, name, weekdays, starts_min, length_min, cutoff_min, capacity,
    min_people, max_people, radius_m)
VALUES ($1::bigint, $2::bigint, $3::bigint, $4::text, $5::integer, $6::integer, $7::integer, $8::integer, $9::integer,
    $10::integer, $11::integer, $12::integer);
