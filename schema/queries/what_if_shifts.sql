-- Of some shifts ($1) those that the caller sees: at which lookout point (or none), and whether one is cancelled.
SELECT s.shift_id, s.lookout_point_id, s.state = 'cancelled'
FROM vigil.shift s
WHERE s.shift_id = ANY ($1::bigint[])
  AND EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = s.org_id)
ORDER BY s.shift_id;
