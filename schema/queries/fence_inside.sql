-- Who is inside which fence, since when, and whether it was told that she stays long.
SELECT person_id, fence_id, enter_us, dwell_us IS NOT NULL
FROM vigil.fence_visit WHERE leave_us IS NULL;
