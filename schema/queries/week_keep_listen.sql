-- To hear of changes of what coverage is counted on, and of patrols that are proven, from now on.
DO $$ BEGIN
    LISTEN vigil_cover;
    LISTEN vigil_proof;
END $$;
