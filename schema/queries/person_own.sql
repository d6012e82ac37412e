-- Everything that is kept of a person, as far as the caller may see her.
SELECT person_id, version, org_id, display_name, mode, recruit, coalesce(birth_year, 0), on_duty,
       location_consent, vigil.rfc3339(valid_from), phone_sealed, identity_sealed, emergency_sealed,
       address_sealed
FROM vigil.person
WHERE person_id = $1::bigint AND valid_to IS NULL
  AND (person_id = vigil.scope_person()
       OR EXISTS (SELECT FROM vigil.person_reach r
                  WHERE r.ancestor_id = vigil.scope_org() AND r.person_id = person.person_id));
