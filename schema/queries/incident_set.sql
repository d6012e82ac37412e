-- What an incident is from now on: $1 id, $2 state, $3 disposition or null, $4 merged
-- into or null, $5 to $7 whether it is opened, handled, closed, $8 whether it goes on.
UPDATE vigil.incident
SET version = version + 1, state = $2::text, state_since = clock_timestamp(),
    disposition = coalesce($3::text, disposition), merged_into = $4::bigint,
    t1 = CASE WHEN $5::boolean THEN coalesce(t1, clock_timestamp()) ELSE t1 END,
    t6 = CASE WHEN $6::boolean THEN coalesce(t6, clock_timestamp()) WHEN $8::boolean THEN NULL ELSE t6 END,
    t7 = CASE WHEN $7::boolean THEN clock_timestamp() WHEN $8 THEN NULL ELSE t7 END
WHERE incident_id = $1::bigint;
