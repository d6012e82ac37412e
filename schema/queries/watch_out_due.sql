-- Who is still checked in a quarter of an hour after the end.
SELECT signup_id FROM vigil.signup
WHERE state = 'checked_in' AND upper(during) + interval '15 minutes' <= now() ORDER BY upper(during), signup_id LIMIT 500;
