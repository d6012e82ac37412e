UPDATE vigil.enrolment_code SET valid_to = now() WHERE code_id = $1::bigint AND valid_to IS NULL RETURNING org_id;
