-- The weeks that are to be kept: $1 how many of plans, $2 the city's time zone. How each is called, its first second,
-- and whether a night has passed since it was worked out.
SELECT kind, starts_s, coalesce(night, false) FROM vigil.cover_kept($1::integer, $2::text);
