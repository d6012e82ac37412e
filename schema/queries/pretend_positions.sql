-- $1 people, $2 and $3 where, in 1e-7 degree, just now.
INSERT INTO vigil.position_last (person_id, lon_e7, lat_e7, accuracy_dm, speed_cms, fix_us, received_us)
SELECT person, lon, lat, 50 + person % 200, 0, now_us, now_us
FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS p (person, lon, lat),
     LATERAL (SELECT (extract(epoch FROM now()) * 1000000)::bigint) AS t (now_us)
ON CONFLICT (person_id) DO UPDATE
SET lon_e7 = excluded.lon_e7, lat_e7 = excluded.lat_e7, accuracy_dm = excluded.accuracy_dm,
    speed_cms = excluded.speed_cms, fix_us = excluded.fix_us, received_us = excluded.received_us;
