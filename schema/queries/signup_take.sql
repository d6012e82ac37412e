-- Takes the place of sign-up $1 for $3 as sign-up $2: 'taken', or why not.
SELECT vigil.signup_take($1::bigint, $2::bigint, $3::bigint);
