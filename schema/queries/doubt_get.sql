-- One doubt as doubt_list gives it, when the caller may see whom it is about.
SELECT d.doubt_id, d.person_id, p.display_name, d.org_id, d.kind, d.declared, d.likely, d.declared_m, d.likely_m,
       d.late_s, d.fixes, vigil.rfc3339(d.since), vigil.rfc3339(d.cleared_at), d.cleared_by
FROM vigil.doubt d JOIN vigil.person p USING (person_id)
WHERE d.doubt_id = $1::bigint
  AND EXISTS (SELECT FROM vigil.person_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.person_id = d.person_id);
