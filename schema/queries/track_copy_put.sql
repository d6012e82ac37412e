INSERT INTO vigil.incident_track (dispatch_id, person_id, part, incident_id, org_id, from_us, until_us, copied_at,
                                  fix_count, fixes)
VALUES ($1::bigint, $2::bigint, $3::integer, $4::bigint, $5::bigint, $6::bigint, $7::bigint, clock_timestamp(),
        $8::integer, $9::bytea);
