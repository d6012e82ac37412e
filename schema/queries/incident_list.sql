-- Incidents, the newest first: $1 before this id or null, $2 how many, $3 the
-- organisation whose subtree is the caller's or null, $4 the firm whose own they are
-- or null, $5 group or null, $6 to $9 west, south, east and north or nulls, $10 an
-- organisation to narrow to or null. Pending: nobody is on it; active: somebody is or
-- was; recent: it ended in the last 24 hours.
SELECT i.incident_id, i.version, i.org_id, i.firm_id, i.type, i.priority, i.state, i.stage,
       ST_X(i.geom), ST_Y(i.geom), i.address, i.grid_id, i.note, i.reporter_phone, i.disposition,
       i.merged_into, vigil.rfc3339(i.state_since),
       vigil.rfc3339(i.t0), vigil.rfc3339(i.t1), vigil.rfc3339(i.t2), vigil.rfc3339(i.t3),
       vigil.rfc3339(i.t4), vigil.rfc3339(i.t5), vigil.rfc3339(i.t6), vigil.rfc3339(i.t7),
       t.name_zh, t.name_en, t.volunteer_allowed
FROM vigil.incident i JOIN vigil.incident_type t ON t.type = i.type
WHERE ($1::bigint IS NULL OR i.incident_id < $1)
  AND (EXISTS (SELECT FROM vigil.org_reach r
               WHERE r.ancestor_id = $3::bigint AND r.org_id = i.org_id)
       OR i.firm_id = $4::bigint)
  AND CASE $5::text
      WHEN 'pending' THEN i.state IN ('reported', 'verified', 'transferred')
                          OR i.state IN ('open', 'reopened') AND i.stage IS NULL
      WHEN 'active' THEN i.state IN ('handled', 'feedback')
                         OR i.state IN ('open', 'reopened') AND i.stage IS NOT NULL
      WHEN 'recent' THEN i.state IN ('closed', 'cancelled', 'merged')
                         AND i.state_since > now() - interval '24 hours'
      ELSE true END
  AND ($6::float8 IS NULL
       OR ST_X(i.geom) BETWEEN $6 AND $8::float8 AND ST_Y(i.geom) BETWEEN $7::float8 AND $9::float8)
  AND ($10::bigint IS NULL
       OR EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = $10 AND r.org_id = i.org_id))
ORDER BY i.incident_id DESC
LIMIT $2::bigint;
