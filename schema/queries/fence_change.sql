-- Other rules for a fence that is at version $2; 0: at any.
UPDATE vigil.fence SET name = $3::text, radius_m = $4::integer, margin_m = $5::integer,
    kinds = string_to_array($6::text, ' '), dwell_s = $7::integer, grace_s = $8::integer, version = version + 1
WHERE fence_id = $1::bigint AND valid_to IS NULL AND (version = $2::bigint OR $2 = 0)
  AND EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = fence.org_id);
