-- Why row level security would not hold the role that this connection has taken; no row
-- when it does.
SELECT CASE WHEN rolsuper THEN 'it is a superuser'
            WHEN rolbypassrls THEN 'it has BYPASSRLS'
            ELSE 'it owns ' || (SELECT min(oid::regclass::text) FROM pg_class
                                WHERE relowner = r.oid AND relkind IN ('r', 'p')
                                  AND relnamespace = to_regnamespace('vigil')) END
FROM pg_roles r
WHERE rolname = current_user
  AND (rolsuper OR rolbypassrls
       OR EXISTS (SELECT FROM pg_class WHERE relowner = r.oid AND relkind IN ('r', 'p')
                    AND relnamespace = to_regnamespace('vigil')));
