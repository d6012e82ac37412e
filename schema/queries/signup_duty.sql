-- On duty, or off.
SELECT vigil.signup_duty($1::bigint, $2::boolean)::text;
