-- Claims: $1 one id or null, $2 after which id, $3 how many, $4 at or below which
-- organisation, $5 of which day, $6 and $7 from and to which day,
-- $8 state, $9 of which squad.
SELECT c.claim_id, c.version, json_build_object(
    'claim_id', c.claim_id, 'day_id', c.day_id, 'org_id', c.org_id, 'squad_id', c.squad_id,
    'squad', vigil.roster_squad_name(c.squad_id), 'state', c.state, 'asked_at', vigil.rfc3339(c.asked_at),
    'fair', c.fair, 'rank', c.rank, 'place', c.place, 'waiting', vigil.claim_ahead(c), 'swap_with', c.swap_with,
    'starts_at', vigil.rfc3339(lower(c.during)), 'ends_at', vigil.rfc3339(upper(c.during)),
    'people', (SELECT count(*) FROM vigil.signup u
               WHERE u.claim_id = c.claim_id AND u.state NOT IN ('no_show', 'cancelled', 'swapped')),
    'version', c.version)::text
FROM vigil.claim c
WHERE ($1::bigint IS NULL OR c.claim_id = $1) AND c.claim_id > $2::bigint
  AND (EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = c.org_id) OR EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = c.squad_org_id)
       OR c.squad_id IN (SELECT vigil.roster_squads(false)))
  AND ($4::bigint IS NULL OR c.org_id IN (SELECT org_id FROM vigil.org_reach WHERE ancestor_id = $4::bigint))
  AND ($5::bigint IS NULL OR c.day_id = $5) AND ($6::text::date IS NULL OR upper(c.during) > $6::text::date::timestamptz)
  AND ($7::text::date IS NULL OR lower(c.during) < ($7::text::date + 1)::timestamptz)
  AND ($8::text IS NULL OR c.state = $8) AND ($9::bigint IS NULL OR c.squad_id = $9)
ORDER BY c.claim_id LIMIT $3::bigint;
