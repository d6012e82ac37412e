-- Weeks of coverage that ended so many days ago, jobs that were over then, and who could have come then.
WITH jobs AS (
    DELETE FROM vigil.job WHERE finished_at < now() - $1::integer * interval '1 day'
), reach AS (
    DELETE FROM vigil.reach_hour WHERE at < now() - $1::integer * interval '1 day'
)
DELETE FROM vigil.cover_week WHERE starts_at < now() - ($1::integer + 7) * interval '1 day';
