-- Opens a month: $1 its id, $2 plan, $3 month, $4 when (microseconds since 1970), $5 how long the
-- window is in seconds, $6 the seed, $7 the days and $8 their ids, $9 the city's time zone.
WITH opening AS (
    INSERT INTO vigil.patrol_opening (opening_id, plan_id, org_id, month, opens_at, closes_at, seed)
    SELECT $1::bigint, p.plan_id, p.org_id, $3::text::date, to_timestamp($4::bigint / 1e6),
        to_timestamp($4::bigint / 1e6) + make_interval(secs => $5::integer), $6::bytea
    FROM vigil.patrol_plan p WHERE p.plan_id = $2::bigint
      AND EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = p.org_id)
    ON CONFLICT (plan_id, month) DO NOTHING
    RETURNING opening_id, plan_id
), made AS (
    INSERT INTO vigil.patrol_day (day_id, opening_id, plan_id, beat_id, org_id, day, during, cutoff_at, min_people,
        max_people, radius_m)
    SELECT d.id, o.opening_id, p.plan_id, p.beat_id, p.org_id, d.day, tstzrange(s.starts, s.ends),
        s.starts - make_interval(mins => p.cutoff_min), p.min_people, p.max_people, p.radius_m
    FROM opening o JOIN vigil.patrol_plan p USING (plan_id),
        unnest(string_to_array($7::text, ' ')::date[], $8::bigint[]) d (day, id),
        LATERAL (SELECT (d.day + make_interval(mins => p.starts_min)) AT TIME ZONE $9::text AS starts,
                        (d.day + make_interval(mins => p.starts_min + p.length_min)) AT TIME ZONE $9::text AS ends) s
    WHERE s.starts < s.ends
    RETURNING day_id, plan_id, org_id
), placed AS (
    INSERT INTO vigil.patrol_place (day_id, place, org_id)
    SELECT m.day_id, place, m.org_id
    FROM made m JOIN vigil.patrol_plan p USING (plan_id), generate_series(1, p.capacity) place
)
SELECT count(*) FROM made;
