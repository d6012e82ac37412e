-- Who asks to come in: $1 after, $2 how many, $3 state or null, $4 one id or 0.
SELECT enrolment_id, person_id, code_id, org_id, state, name, mode, coalesce(birth_year, 0), phone_sealed,
       language, consents, reason, vigil.rfc3339(asked_at), vigil.rfc3339(decided_at)
FROM vigil.enrolment
WHERE enrolment_id > $1::bigint AND ($3::text IS NULL OR state = $3) AND ($4::bigint = 0 OR enrolment_id = $4)
  AND EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = enrolment.org_id)
ORDER BY enrolment_id
LIMIT $2::bigint;
