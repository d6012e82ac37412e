-- What was proven so many days ago: stretches and single tracks; how much it was stays with the claim.
WITH tracks AS (
    DELETE FROM vigil.proof_track WHERE until_at < now() - $1::integer * interval '1 day'
)
DELETE FROM vigil.proven WHERE in_at < now() - $1::integer * interval '1 day';
