-- A new closure; times are microseconds since 1970, a start of null is now.
INSERT INTO vigil.closure (closure_id, org_id, reason, modes, direction, factor, speed_mh, starts_at, ends_at, area, told)
SELECT n.*, CASE WHEN n.starts_at <= now() THEN 'active' ELSE 'planned' END
FROM (SELECT $1::bigint, $2::bigint, $3::text, $4::smallint, $5::text, $6::integer, $7::integer,
             coalesce(to_timestamp($8::bigint / 1e6), now()) AS starts_at, to_timestamp($9::bigint / 1e6),
             ST_GeomFromEWKB($10::bytea)) AS n;
