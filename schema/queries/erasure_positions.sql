-- Deletes their positions of one stretch of time of receipt, so that no statement
-- takes long; how many of whom.
WITH gone AS (DELETE FROM vigil.position_history
              WHERE person_id = ANY ($1::bigint[]) AND received_us >= $2::bigint AND received_us < $3::bigint
              RETURNING person_id)
SELECT person_id, count(*) FROM gone GROUP BY person_id;
