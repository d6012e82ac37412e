-- When a claim's patrol paused, in microseconds since 1970, in order.
SELECT vigil.microseconds(lower(p)), vigil.microseconds(upper(p))
FROM vigil.claim c, unnest(c.paused) p
WHERE c.claim_id = $1::bigint ORDER BY lower(p);
