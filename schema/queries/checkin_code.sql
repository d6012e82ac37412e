-- The code of a shift ('shift') or patrol day ('day') now and in the two minutes before,
-- and until when the first is shown.
SELECT vigil.check_in_code($1::text, $2::bigint, now()),
    vigil.check_in_code($1::text, $2::bigint, now() - interval '2 minutes'),
    vigil.rfc3339(to_timestamp((floor(extract(epoch FROM now()) / 120) + 1) * 120));
