-- An open fence as it is changed; its row stays locked until the transaction ends.
SELECT version, org_id, coalesce(lookout_point_id, 0), coalesce(grid_id, 0), coalesce(incident_id, 0), whom,
       coalesce(squad_id, 0), name, coalesce(radius_m, 0), margin_m, array_to_string(kinds, ' '), coalesce(dwell_s, 0),
       grace_s
FROM vigil.fence
WHERE fence_id = $1::bigint AND valid_to IS NULL
  AND EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = fence.org_id)
FOR UPDATE;
