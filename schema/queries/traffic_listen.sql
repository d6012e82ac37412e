-- To hear of every change of what streets cost, from now on.
DO $$ BEGIN
    LISTEN vigil_traffic;
END $$;
