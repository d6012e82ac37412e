-- The clock of the device of $1 is $2 seconds behind; as doubt_frame_add.
INSERT INTO vigil.doubt AS d (person_id, org_id, kind, late_s, fixes)
SELECT person_id, org_id, 'clock_skew', $2::bigint, $3::bigint
FROM vigil.person WHERE person_id = $1::bigint AND valid_to IS NULL
ON CONFLICT (person_id, kind) WHERE cleared_at IS NULL DO NOTHING
RETURNING org_id, json_build_object('alert', 'clock_in_doubt', 'doubt_id', doubt_id, 'person_id', person_id,
    'late_s', late_s)::text;
