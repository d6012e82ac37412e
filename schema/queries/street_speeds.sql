SELECT class, mode, kmh FROM vigil.speed WHERE kmh IS NOT NULL;
