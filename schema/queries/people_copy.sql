COPY vigil.person (person_id, display_name, mode, skills, on_duty) FROM STDIN (FORMAT binary);
