INSERT INTO vigil.proof_track (claim_id, signup_id, person_id, org_id, squad_org_id, verdict, reason, like_claim,
                               from_at, until_at, fixes, jumps, walked_cm, ridden_cm, unknown_s, marks)
SELECT c.claim_id, $2::bigint, $3::bigint, c.org_id, c.squad_org_id, $4::text, $5::text, $6::bigint,
       to_timestamp($7::bigint / 1e6), to_timestamp($8::bigint / 1e6), $9::integer, $10::integer, $11::bigint,
       $12::bigint, $13::bigint, $14::bigint[]
FROM vigil.claim c WHERE c.claim_id = $1::bigint;
