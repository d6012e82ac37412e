-- What makes tiles old: one row a name. "database" tells one database from the
-- next, which count from 1 again; "import" is missing before the first import, "tree" says who is
-- below whom.
SELECT 'database', ((SELECT system_identifier FROM pg_control_system())
                    # (SELECT oid::bigint << 24 FROM pg_database WHERE datname = current_database()))
UNION ALL
SELECT 'import', import_id FROM vigil.import WHERE current
UNION ALL
SELECT 'tree', version FROM vigil.org_tree
UNION ALL
SELECT layer, version FROM vigil.layer_version;
