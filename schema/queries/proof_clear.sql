-- What an earlier proof of the same claim said.
WITH tracks AS (DELETE FROM vigil.proof_track WHERE claim_id = $1::bigint)
DELETE FROM vigil.proven WHERE claim_id = $1::bigint;
