-- Deletes the positions of these people, each up to a time, that were received in one
-- stretch of time, so that no statement takes long; how many of whom.
WITH gone AS (DELETE FROM vigil.position_history h
              USING unnest($1::bigint[], $2::bigint[]) AS w (person_id, until_us)
              WHERE h.person_id = w.person_id AND h.received_us < w.until_us
                AND h.received_us >= $3::bigint AND h.received_us < $4::bigint
              RETURNING h.person_id)
SELECT person_id, count(*) FROM gone GROUP BY person_id;
