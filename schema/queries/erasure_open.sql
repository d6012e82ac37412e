-- Whose positions are still to be deleted, and whether nothing can be on its way any
-- more: what a batch took before the erasure is written within a minute.
SELECT erasure_id, person_id, asked_at < clock_timestamp() - interval '1 minute'
FROM vigil.erasure WHERE positions_at IS NULL
ORDER BY erasure_id LIMIT 1000;
