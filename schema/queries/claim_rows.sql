-- Claims: $1 up to which id or null, $2 after which id, $3 how many, $4 at or below which
-- organisation, $5 of which day, $6 and $7 from and to which day,
-- $8 state, $9 of which squad.
SELECT c.claim_id, c.version, vigil.claim_json(c)
FROM vigil.claim c
WHERE c.claim_id > $2::bigint AND c.claim_id <= coalesce($1::bigint, 9007199254740991)
  AND (EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = c.org_id)
      OR EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = c.squad_org_id)
       OR c.squad_id IN (SELECT vigil.roster_squads(false) WHERE vigil.scope_person() IS NOT NULL))
  AND ($4::bigint IS NULL OR c.org_id IN (SELECT org_id FROM vigil.org_reach WHERE ancestor_id = $4::bigint))
  AND ($5::bigint IS NULL OR c.day_id = $5) AND ($6::text::date IS NULL OR upper(c.during) > $6::text::date::timestamptz)
  AND ($7::text::date IS NULL OR lower(c.during) < ($7::text::date + 1)::timestamptz)
  AND ($8::text IS NULL OR c.state = $8) AND ($9::bigint IS NULL OR c.squad_id = $9)
ORDER BY c.claim_id LIMIT $3::bigint;
