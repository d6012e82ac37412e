SELECT to_regclass('vigil.migration') IS NOT NULL
