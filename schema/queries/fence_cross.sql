-- Writes crossings, each fence and person at most once: fences, people, when they came,
-- went, had stayed long; -1: they did not.
SELECT vigil.fence_cross($1::bigint[], $2::bigint[], array_replace($3::bigint[], -1, NULL),
                         array_replace($4::bigint[], -1, NULL), array_replace($5::bigint[], -1, NULL));
