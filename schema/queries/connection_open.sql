-- Run by every new connection: its settings, and which PostGIS is installed in
-- this database or, failing that, could be.
SELECT set_config('statement_timeout', $1, false),
       set_config('role', $2, false),
       set_config('TimeZone', 'UTC', false),
       set_config('jit', 'off', false),
       set_config('client_connection_check_interval', '1s', false), -- a dead client's work ends
       coalesce((SELECT extversion FROM pg_extension WHERE extname = 'postgis'),
                (SELECT default_version FROM pg_available_extensions WHERE name = 'postgis'),
                '') AS postgis
