-- The device of $1 probably sends the frame $3 and not the declared $2; once, until it is
-- cleared. Whose she is, and what is to be told; nothing when it was known.
INSERT INTO vigil.doubt AS d (person_id, org_id, kind, declared, likely, declared_m, likely_m, fixes)
SELECT person_id, org_id, 'frame', $2::text, $3::text, $4::float8, $5::float8, $6::bigint
FROM vigil.person WHERE person_id = $1::bigint AND valid_to IS NULL
ON CONFLICT (person_id, kind) WHERE cleared_at IS NULL DO NOTHING
RETURNING org_id, json_build_object('alert', 'frame_in_doubt', 'doubt_id', doubt_id, 'person_id', person_id,
    'declared', declared, 'likely', likely)::text;
