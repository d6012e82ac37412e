INSERT INTO vigil.proof (claim_id, org_id, squad_org_id, beat_cm, walked_cm, beside_cm, unknown_s, checkpoints)
SELECT c.claim_id, c.org_id, c.squad_org_id, $2::bigint, $3::bigint, $4::bigint, $5::bigint, $6::text::jsonb
FROM vigil.claim c WHERE c.claim_id = $1::bigint
ON CONFLICT (claim_id) DO UPDATE SET beat_cm = excluded.beat_cm, walked_cm = excluded.walked_cm,
    beside_cm = excluded.beside_cm, unknown_s = excluded.unknown_s, checkpoints = excluded.checkpoints,
    made_at = clock_timestamp();
