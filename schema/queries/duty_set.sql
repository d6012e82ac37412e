UPDATE vigil.person p
SET on_duty = $2::boolean, mode = $3::text, hired = $4::boolean, version = version + 1
WHERE person_id = $1::bigint AND valid_to IS NULL
  AND (p.person_id = vigil.scope_person()
       OR EXISTS (SELECT FROM vigil.person_reach r
                  WHERE r.ancestor_id = vigil.scope_org() AND r.person_id = p.person_id))
RETURNING person_id, org_id, version::bigint, on_duty, mode, hired,
          to_json(vigil.person_hindrances(p))::text;
