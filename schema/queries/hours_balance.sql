-- The sum of a person's entries.
SELECT coalesce(sum(minutes), 0)::bigint, count(*) FROM vigil.hours_entry WHERE person_id = $1::bigint
  AND (EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = hours_entry.org_id)
      OR person_id = vigil.scope_person());
