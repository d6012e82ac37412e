INSERT INTO vigil.membership (membership_id, person_id, org_id, role, recruit)
VALUES ($1::bigint, $2::bigint, $3::bigint, $4::text, $5::text);
