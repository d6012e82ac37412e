-- Sends people, in ascending order; those who are taken are left out: $1 dispatch, $2
-- incident, $3 its organisation, $4 squad or null, $5 reason, $6 token, $7 person or
-- null, $8 seconds to answer in, $9 people.
WITH sent AS (
    INSERT INTO vigil.dispatch (dispatch_id, incident_id, org_id, squad_id, reason, by_token_id,
                                by_person_id, expires_at)
    VALUES ($1::bigint, $2::bigint, $3::bigint, $4::bigint, $5::text, $6::bigint, $7::bigint,
            clock_timestamp() + $8::integer * interval '1 second')
    RETURNING dispatch_id, incident_id, org_id, reason, by_token_id, by_person_id, expires_at
)
INSERT INTO vigil.dispatch_person (dispatch_id, person_id, incident_id, org_id, reason, by_token_id,
                                   by_person_id, expires_at)
SELECT dispatch_id, wanted.person_id, incident_id, org_id, reason, by_token_id, by_person_id, expires_at
FROM sent, (SELECT person_id FROM unnest($9::bigint[]) AS w (person_id) ORDER BY person_id) wanted
ON CONFLICT (person_id) WHERE active DO NOTHING
RETURNING person_id;
