UPDATE vigil.person p
SET on_duty = $2::boolean, mode = $3::text, hired = $4::boolean, version = version + 1
WHERE person_id = $1::bigint AND valid_to IS NULL
RETURNING person_id, org_id, version::bigint, on_duty, mode, hired,
          to_json(vigil.person_hindrances(p))::text;
