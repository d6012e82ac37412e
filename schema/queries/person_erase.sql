-- Destroys what is personal of a person; the receipt, or no row when there is nobody
-- left to erase.
SELECT erasure_id, person_id, org_id, values_gone, memberships, credentials, tokens, positions,
       vigil.rfc3339(asked_at), vigil.rfc3339(positions_at), coalesce(kind, 'person')
FROM vigil.person_erase($1::bigint, $2::bigint, $3::bigint);
