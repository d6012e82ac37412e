-- What an import left behind, whether it ended well or was killed.
DROP SCHEMA IF EXISTS vigil_staging CASCADE
