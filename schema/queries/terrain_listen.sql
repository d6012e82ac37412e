-- To hear of every change of what coverage is counted on, from now on.
DO $$ BEGIN
    LISTEN vigil_cover;
END $$;
