-- A process ends; its writers have ended before.
WITH written AS (DELETE FROM vigil.position_writer WHERE node_id = $1::bigint)
DELETE FROM vigil.node WHERE node_id = $1::bigint;
