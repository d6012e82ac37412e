-- Fixes in no hour's partition.
SELECT count(*) FROM vigil.position_history_default;
