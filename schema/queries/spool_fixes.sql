-- A batch that a node kept: into the history goes what came of people who were tracked
-- when it came (and when it was taken, if that is more than $11 microseconds before) and
-- still agree to it, and the newest becomes the last position of whoever
-- is tracked now. $9: it may be in the history already, which is looked for by when it was
-- received; what is her last position was sent again elsewhere, and is there in any case. Given
-- back is which fixes ($1's order, from 1) are of somebody who is tracked now, for the other nodes. Those whose answer is being taken back are waited for.
WITH fix AS MATERIALIZED (
    SELECT n, person_id, lon_e7, lat_e7, nullif(accuracy_dm, -1) AS accuracy_dm,
           nullif(speed_cms, -1) AS speed_cms, fix_us, received_us, flags
    FROM unnest($1::bigint[], $2::integer[], $3::integer[], $4::integer[], $5::integer[],
                $6::bigint[], $7::bigint[], $8::integer[]) WITH ORDINALITY
        AS fix (person_id, lon_e7, lat_e7, accuracy_dm, speed_cms, fix_us, received_us, flags, n)
), sender AS MATERIALIZED (
    SELECT p AS person, p.person_id FROM vigil.person p
    WHERE p.person_id = ANY ($1) ORDER BY p.person_id FOR SHARE
), kept AS MATERIALIZED (
    SELECT fix.* FROM fix JOIN sender USING (person_id)
    WHERE vigil.person_tracked_at(person, to_timestamp(received_us / 1e6))
          AND (received_us - fix_us <= $11::bigint
               OR vigil.person_tracked_at(person, to_timestamp(fix_us / 1e6)))
), known AS MATERIALIZED (
    SELECT h.person_id, h.fix_us FROM vigil.position_history h
    WHERE $9::boolean
          AND h.received_us BETWEEN (SELECT min(received_us) FROM fix) AND (SELECT max(received_us) FROM fix)
          AND h.person_id = ANY ($1)
), history AS (
    INSERT INTO vigil.position_history
        (person_id, lon_e7, lat_e7, accuracy_dm, speed_cms, fix_us, received_us, flags)
    SELECT person_id, lon_e7, lat_e7, accuracy_dm, speed_cms, fix_us, received_us, flags
    FROM kept
    WHERE NOT EXISTS (SELECT FROM known
                      WHERE known.person_id = kept.person_id AND known.fix_us = kept.fix_us)
          AND NOT EXISTS (SELECT FROM vigil.position_last l
                          WHERE l.person_id = kept.person_id
                                AND (l.fix_us, l.lon_e7, l.lat_e7) = (kept.fix_us, kept.lon_e7, kept.lat_e7))
), newest AS (
    SELECT DISTINCT ON (person_id) * FROM kept WHERE flags & $10::integer = 0
    ORDER BY person_id, fix_us DESC, lon_e7 DESC, lat_e7 DESC
), moved AS (
    UPDATE vigil.position_last l
    SET lon_e7 = n.lon_e7, lat_e7 = n.lat_e7, accuracy_dm = n.accuracy_dm,
        speed_cms = n.speed_cms, fix_us = n.fix_us, received_us = n.received_us, flags = n.flags
    FROM newest n
    WHERE l.person_id = n.person_id
          AND (l.fix_us, l.lon_e7, l.lat_e7) < (n.fix_us, n.lon_e7, n.lat_e7)
)
SELECT n FROM kept JOIN vigil.position_last USING (person_id);
