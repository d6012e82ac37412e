-- How long the statement of a tile may take, for this transaction: $1
-- milliseconds. A tile that never ends would block its worker.
SELECT set_config('statement_timeout', $1::integer::text, true);
