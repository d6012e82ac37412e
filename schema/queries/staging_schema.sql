CREATE SCHEMA vigil_staging
