INSERT INTO vigil.speed_hour (class, mode, factors) VALUES ($1::smallint, $2::text, $3::integer[])
ON CONFLICT (class, mode) DO UPDATE SET factors = excluded.factors;
