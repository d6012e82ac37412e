-- The open beat of an organisation that has a code.
SELECT beat_id FROM vigil.beat WHERE org_id = $1::bigint AND code = $2::text AND valid_to IS NULL
  AND EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = beat.org_id);
