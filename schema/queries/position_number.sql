-- The batch $3 of a writer, before anything else of its transaction: no row is changed
-- when it has been committed already. Whoever tries it again waits here for a first try
-- whose connection broke and which is still being committed.
INSERT INTO vigil.position_writer AS w (node_id, writer, number)
VALUES ($1::bigint, $2::integer, $3::bigint)
ON CONFLICT (node_id, writer) DO UPDATE SET number = excluded.number
WHERE w.number = excluded.number - 1;
