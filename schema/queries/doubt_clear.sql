-- Somebody says that a doubt is over; nothing when it was already, or is not seen.
UPDATE vigil.doubt d SET cleared_at = clock_timestamp(), cleared_by = nullif($2::bigint, 0)
WHERE d.doubt_id = $1::bigint AND d.cleared_at IS NULL
  AND EXISTS (SELECT FROM vigil.person_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.person_id = d.person_id)
RETURNING d.doubt_id;
