UPDATE vigil.enrolment_code SET valid_to = now()
WHERE code_id = $1::bigint AND valid_to IS NULL
  AND (EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = enrolment_code.org_id)
       OR vigil.invites_for(org_id))
RETURNING org_id;
