-- How fast one goes, by class and mode; null where the mode does not go.
SELECT class, mode, kmh FROM vigil.speed ORDER BY class, array_position(ARRAY['foot', 'ebike', 'car'], mode);
