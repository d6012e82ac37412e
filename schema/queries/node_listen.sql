-- To hear what every node does, from now on.
DO $$ BEGIN
    LISTEN vigil_position;
    LISTEN vigil_person;
    LISTEN vigil_node;
END $$;
