SELECT class, mode, factors::bigint[] FROM vigil.speed_hour ORDER BY class, array_position(ARRAY['foot', 'ebike', 'car'], mode);
