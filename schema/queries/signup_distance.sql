-- Metres from a place (longitude, latitude) to where she should be.
SELECT vigil.signup_distance_m($1::bigint, $2::float8, $3::float8);
