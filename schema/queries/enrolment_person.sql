-- She is a person from now on; $2: the initials of her name.
INSERT INTO vigil.person (person_id, display_name, name_initials, mode, org_id, on_duty, birth_year,
                          phone_sealed, phone_hash, identity_sealed, identity_hash, emergency_sealed)
SELECT person_id, name, $2::text, mode, org_id, false, birth_year, phone_sealed, phone_hash,
       identity_sealed, identity_hash, emergency_sealed
FROM vigil.enrolment WHERE enrolment_id = $1::bigint
  AND EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = enrolment.org_id);
