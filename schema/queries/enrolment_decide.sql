-- The decision $2 on one who waits; no row when somebody else was quicker.
UPDATE vigil.enrolment SET state = $2::text, reason = $3::text, decided_at = now()
WHERE enrolment_id = $1::bigint AND state = 'pending'
  AND EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = enrolment.org_id)
RETURNING person_id, org_id, consents, language;
