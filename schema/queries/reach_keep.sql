-- What was reached at a full hour; another process may have been earlier.
INSERT INTO vigil.reach_hour (at, import_id, limit_s, people, segment_ids, from_cm, to_cm, counts)
VALUES (to_timestamp($1::bigint), $2::bigint, $3::integer, $4::integer, $5::bigint[], $6::bigint[]::integer[],
        $7::bigint[]::integer[], $8::bigint[]::smallint[])
ON CONFLICT (at) DO NOTHING;
