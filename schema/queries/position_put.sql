-- A batch of fixes into the history, and the newest of each person as her last
-- position, ordered by person so that two writers can never wait for each other; one
-- that is older than what is there changes nothing. -1 stands for unknown. Those of
-- people who are not tracked are left out and told of: why 0 nobody has this id, 1 she
-- has not agreed, 2 she is off duty.
WITH fix AS MATERIALIZED (
    SELECT person_id, lon_e7, lat_e7, nullif(accuracy_dm, -1) AS accuracy_dm,
           nullif(speed_cms, -1) AS speed_cms, fix_us, received_us, flags
    FROM unnest($1::bigint[], $2::integer[], $3::integer[], $4::integer[], $5::integer[],
                $6::bigint[], $7::bigint[], $8::integer[])
        AS fix (person_id, lon_e7, lat_e7, accuracy_dm, speed_cms, fix_us, received_us, flags)
), sender AS MATERIALIZED (
    SELECT p.person_id, p.location_consent, vigil.person_tracked(p) AS is_tracked
    FROM vigil.person p WHERE p.person_id = ANY ($1) AND p.valid_to IS NULL
), tracked AS MATERIALIZED (
    SELECT fix.* FROM fix JOIN sender USING (person_id) WHERE is_tracked
), history AS (
    INSERT INTO vigil.position_history
        (person_id, lon_e7, lat_e7, accuracy_dm, speed_cms, fix_us, received_us, flags)
    SELECT person_id, lon_e7, lat_e7, accuracy_dm, speed_cms, fix_us, received_us, flags FROM tracked
), newest AS (
    INSERT INTO vigil.position_last AS l
        (person_id, lon_e7, lat_e7, accuracy_dm, speed_cms, fix_us, received_us, flags)
    SELECT DISTINCT ON (person_id)
           person_id, lon_e7, lat_e7, accuracy_dm, speed_cms, fix_us, received_us, flags
    FROM tracked ORDER BY person_id, fix_us DESC
    ON CONFLICT (person_id) DO UPDATE
    SET lon_e7 = excluded.lon_e7, lat_e7 = excluded.lat_e7, accuracy_dm = excluded.accuracy_dm,
        speed_cms = excluded.speed_cms, fix_us = excluded.fix_us,
        received_us = excluded.received_us, flags = excluded.flags
    WHERE l.fix_us <= excluded.fix_us
)
SELECT DISTINCT fix.person_id,
       CASE WHEN sender.person_id IS NULL THEN 0 WHEN NOT location_consent THEN 1 ELSE 2 END
FROM fix LEFT JOIN sender USING (person_id)
WHERE is_tracked IS NOT TRUE;
