-- $1 ids, $2 people, $3 organisations, $4 the last day as days since 1970. Nobody may
-- patrol without this one.
INSERT INTO vigil.credential (credential_id, person_id, org_id, type, issuer, issued, expires, mandatory)
SELECT id, person, org, '巡防培训', '市平安志愿者协会', '2022-03-01', date '1970-01-01' + day::integer, true
FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) AS c (id, person, org, day);
