-- Changes speeds that there are: classes, modes (0 foot, 1 e-bike, 2 car) and kilometres an
-- hour side by side.
UPDATE vigil.speed s SET kmh = given.kmh
FROM unnest($1::bigint[], $2::bigint[], $3::float8[]) AS given (class, mode, kmh)
WHERE s.class = given.class AND s.mode = (ARRAY['foot', 'ebike', 'car'])[given.mode + 1]
      AND s.kmh <> given.kmh;
