COPY pg_temp.incoming (person_id, display_name, mode, skills, on_duty, location_consent, name_initials)
FROM STDIN (FORMAT binary);
