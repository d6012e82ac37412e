-- To hear of every job that is queued, from now on.
DO $$ BEGIN
    LISTEN vigil_job;
END $$;
