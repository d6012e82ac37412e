-- Weeks of coverage that ended so many days ago, and jobs that were over then.
WITH jobs AS (
    DELETE FROM vigil.job WHERE finished_at < now() - $1::integer * interval '1 day'
)
DELETE FROM vigil.cover_week WHERE starts_at < now() - ($1::integer + 7) * interval '1 day';
