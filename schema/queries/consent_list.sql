-- What a person agreed to and withdrew, the newest first; $2: only what counts now.
SELECT consent_id, purpose, version, language, given, vigil.rfc3339(at)
FROM vigil.consent c
WHERE person_id = $1::bigint
  AND (person_id = vigil.scope_person()
       OR EXISTS (SELECT FROM vigil.person_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.person_id = c.person_id))
  AND (NOT $2::boolean OR NOT EXISTS (SELECT FROM vigil.consent n
                                      WHERE n.person_id = c.person_id AND n.purpose = c.purpose
                                        AND n.consent_id > c.consent_id))
ORDER BY consent_id DESC
LIMIT 1000;
