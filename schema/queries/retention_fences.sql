-- Forgets stays and absences that ended so many hours ago, as positions are forgotten.
WITH gone AS (
    DELETE FROM vigil.fence_visit WHERE leave_us < vigil.now_us() - $1::bigint * 3600000000
)
DELETE FROM vigil.fence_absence WHERE ended_at < clock_timestamp() - make_interval(hours => $1::integer);
