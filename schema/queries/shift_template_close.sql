-- Ends a template; the shifts that were made of it stay.
UPDATE vigil.shift_template SET valid_to = now(), version = version + 1
WHERE template_id = $1::bigint AND valid_to IS NULL
  AND EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = shift_template.org_id);
