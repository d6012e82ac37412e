-- How many batches a writer has committed; waits for one that is being committed.
SELECT number FROM vigil.position_writer WHERE node_id = $1::bigint AND writer = $2::integer
FOR UPDATE;
