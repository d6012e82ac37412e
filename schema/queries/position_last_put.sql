-- The newest fix of each person of a batch, ordered by person so that two writers
-- can never wait for each other; one that is older than what is there changes
-- nothing. -1 stands for unknown.
INSERT INTO vigil.position_last AS l
    (person_id, lon_e7, lat_e7, accuracy_dm, speed_cms, fix_us, received_us)
SELECT person_id, lon_e7, lat_e7, nullif(accuracy_dm, -1), nullif(speed_cms, -1), fix_us, received_us
FROM unnest($1::bigint[], $2::integer[], $3::integer[], $4::integer[], $5::integer[], $6::bigint[],
            $7::bigint[])
    AS fix (person_id, lon_e7, lat_e7, accuracy_dm, speed_cms, fix_us, received_us)
ORDER BY person_id
ON CONFLICT (person_id) DO UPDATE
SET lon_e7 = excluded.lon_e7, lat_e7 = excluded.lat_e7, accuracy_dm = excluded.accuracy_dm,
    speed_cms = excluded.speed_cms, fix_us = excluded.fix_us, received_us = excluded.received_us
WHERE l.fix_us <= excluded.fix_us;
