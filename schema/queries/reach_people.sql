-- Who could be sent at a moment ($1, microseconds since 1970) and where each was last within the $2 microseconds before:
-- her mode and place. What a doubt or an order says is as of then, what changes seldom (consent, credential, a taxi's
-- fare) as of now: it is asked soon after.
WITH heard AS (
    SELECT DISTINCT ON (person_id) person_id, lon_e7, lat_e7, flags
    FROM (SELECT person_id, lon_e7, lat_e7, flags, fix_us
          FROM vigil.position_last WHERE fix_us > $1::bigint - $2::bigint AND fix_us <= $1::bigint
          UNION ALL
          SELECT person_id, lon_e7, lat_e7, flags, fix_us
          FROM vigil.position_history
          WHERE received_us > $1::bigint - $2::bigint - 60000000 AND received_us < $1::bigint + 60000000
            AND fix_us > $1::bigint - $2::bigint AND fix_us <= $1::bigint AND flags & 1 = 0) fix
    ORDER BY person_id, fix_us DESC, lon_e7, lat_e7
)
SELECT p.person_id, coalesce(was.mode, p.mode), h.lon_e7::bigint, h.lat_e7::bigint
FROM heard h JOIN vigil.person p USING (person_id)
LEFT JOIN LATERAL (SELECT d.on_duty, d.mode FROM vigil.duty d
                   WHERE d.person_id = p.person_id AND d.at <= to_timestamp($1::bigint / 1e6)
                   ORDER BY d.duty_id DESC LIMIT 1) was ON true
LEFT JOIN LATERAL (SELECT d.on_duty FROM vigil.duty d
                   WHERE d.person_id = p.person_id AND d.at > to_timestamp($1::bigint / 1e6)
                   ORDER BY d.duty_id LIMIT 1) later ON true
WHERE coalesce(was.on_duty, NOT later.on_duty, p.on_duty) -- before the first change it was the other way round
  AND p.valid_to IS NULL AND p.location_consent AND NOT p.hired
  AND coalesce(was.mode, p.mode) <> 'bus'
  AND h.flags & 2 = 0
  AND (p.credential_until IS NULL OR p.credential_until > to_timestamp($1::bigint / 1e6))
  AND (p.birth_year IS NULL OR extract(year FROM to_timestamp($1::bigint / 1e6) AT TIME ZONE 'UTC') - p.birth_year > 18)
  AND NOT EXISTS (SELECT FROM vigil.dispatch_person d
                  WHERE d.person_id = p.person_id AND d.taken_from <= to_timestamp($1::bigint / 1e6)
                    AND (d.taken_to IS NULL OR d.taken_to > to_timestamp($1::bigint / 1e6)))
ORDER BY p.person_id;
