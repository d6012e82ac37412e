-- One event, in the transaction of what it tells of.
INSERT INTO vigil.outbox (kind, org_id, firm_id, incident_id, people, data)
VALUES ($1::text, $2::bigint, nullif($3::bigint, 0), nullif($4::bigint, 0), $5::bigint[], $6::text);
