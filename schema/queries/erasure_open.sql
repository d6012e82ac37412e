-- Whose positions are still to be deleted, up to which time of receipt, and whether nothing
-- can be on its way any more: what a batch took before is written within a minute. Last,
-- whether all of her was erased.
SELECT erasure_id, person_id, asked_at < clock_timestamp() - interval '1 minute',
       vigil.erasure_until_us(e), kind = 'person'
FROM vigil.erasure e WHERE positions_at IS NULL
ORDER BY erasure_id LIMIT 1000;
