-- One incident: $1 id, $2 the organisation whose subtree is the caller's or null, $3
-- the firm whose own it may be or null.
SELECT i.incident_id, i.version, i.org_id, i.firm_id, i.type, i.priority, i.state, i.stage,
       ST_X(i.geom), ST_Y(i.geom), i.address, i.grid_id, i.note, i.reporter_phone, i.disposition,
       i.merged_into, vigil.rfc3339(i.state_since),
       vigil.rfc3339(i.t0), vigil.rfc3339(i.t1), vigil.rfc3339(i.t2), vigil.rfc3339(i.t3),
       vigil.rfc3339(i.t4), vigil.rfc3339(i.t5), vigil.rfc3339(i.t6), vigil.rfc3339(i.t7),
       t.name_zh, t.name_en, t.volunteer_allowed
FROM vigil.incident i JOIN vigil.incident_type t ON t.type = i.type
WHERE i.incident_id = $1::bigint
  AND (EXISTS (SELECT FROM vigil.org_reach r
               WHERE r.ancestor_id = $2::bigint AND r.org_id = i.org_id)
       OR i.firm_id = $3::bigint);
