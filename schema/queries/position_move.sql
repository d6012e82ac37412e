-- The newest believed fixes of a batch, one of each person and ordered by person, so that
-- two who write the same people seldom wait for each other in a circle. One that is older
-- than what is there changes nothing; of the same moment the place decides, so that
-- all nodes end with the same, in whatever order they hear of it. -1 stands for unknown.
UPDATE vigil.position_last l
SET lon_e7 = n.lon_e7, lat_e7 = n.lat_e7, accuracy_dm = nullif(n.accuracy_dm, -1),
    speed_cms = nullif(n.speed_cms, -1), fix_us = n.fix_us, received_us = n.received_us,
    flags = n.flags
FROM unnest($1::bigint[], $2::integer[], $3::integer[], $4::integer[], $5::integer[], $6::bigint[],
            $7::bigint[], $8::integer[])
    AS n (person_id, lon_e7, lat_e7, accuracy_dm, speed_cms, fix_us, received_us, flags)
WHERE l.person_id = n.person_id
      AND (l.fix_us, l.lon_e7, l.lat_e7) < (n.fix_us, n.lon_e7, n.lat_e7);
