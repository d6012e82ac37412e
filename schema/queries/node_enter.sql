-- A process comes in, under a number that no other has. Those that have not been heard of
-- for an hour have ended.
WITH ended AS (
    DELETE FROM vigil.node WHERE beat_at < clock_timestamp() - interval '1 hour' RETURNING node_id
), written AS (
    DELETE FROM vigil.position_writer w USING ended WHERE w.node_id = ended.node_id
)
INSERT INTO vigil.node (name, version) VALUES ($1::text, $2::text) RETURNING node_id;
