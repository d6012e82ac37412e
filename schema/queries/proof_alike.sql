-- Of another's track, or of another day's, with which these marks have most in common: the claim, and how many.
SELECT t.claim_id, (SELECT count(*) FROM unnest(t.marks) m WHERE m = ANY ($1::bigint[])) AS common
FROM vigil.proof_track t
WHERE t.marks && $1::bigint[] AND (t.claim_id, t.signup_id) <> ($2::bigint, $3::bigint)
ORDER BY common DESC, t.claim_id LIMIT 1;
