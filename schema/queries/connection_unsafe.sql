-- What makes the server lose commits that it has acknowledged: each setting as it is and
-- as it must be; no row when there is none. A standby must have flushed, too.
SELECT name || ' = ' || current_setting(name), name || ' = ' || array_to_string(safe, ' or ')
FROM (VALUES ('fsync', ARRAY['on']),
             ('full_page_writes', ARRAY['on']),
             ('synchronous_commit', ARRAY['on', 'remote_apply'])) AS demand (name, safe)
WHERE current_setting(name) <> ALL (safe)
ORDER BY name;
