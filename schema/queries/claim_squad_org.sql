-- Whose the squad of a claim is.
SELECT squad_org_id FROM vigil.claim WHERE claim_id = $1::bigint;
