UPDATE vigil.claim SET proof_wanted = false WHERE claim_id = $1::bigint AND proof_wanted;
