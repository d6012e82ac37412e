-- New people out of $1, a JSON array of objects, sealed values in hexadecimal; the ids
-- of those who were not registered yet.
INSERT INTO vigil.person (person_id, org_id, display_name, name_initials, mode, line, skills, recruit,
                          birth_year, on_duty, phone_sealed, phone_hash, identity_sealed,
                          identity_hash, emergency_sealed, address_sealed)
SELECT person_id, org_id, name, initials, mode, line, skills, recruit, birth_year, false,
       decode(phone_sealed, 'hex'), decode(phone_hash, 'hex'), decode(identity_sealed, 'hex'),
       decode(identity_hash, 'hex'), decode(emergency_sealed, 'hex'), decode(address_sealed, 'hex')
FROM json_to_recordset($1::text::json) AS r (
    person_id bigint, org_id bigint, name text, initials text, mode text, line text, skills bigint,
    recruit text, birth_year smallint, phone_sealed text, phone_hash text, identity_sealed text,
    identity_hash text, emergency_sealed text, address_sealed text)
ON CONFLICT DO NOTHING
RETURNING person_id;
