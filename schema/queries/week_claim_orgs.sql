-- Whose some claims are.
SELECT claim_id, org_id FROM vigil.claim WHERE claim_id = ANY ($1::bigint[]) ORDER BY claim_id;
