-- What a person agrees to or withdraws ($5), in the version $3 or the one in force; no
-- row when there is no such person or text.
INSERT INTO vigil.consent (person_id, org_id, purpose, version, language, given, token_id)
SELECT p.person_id, p.org_id, t.purpose, t.version, $4::text, $5::boolean, nullif($6::bigint, 0)
FROM vigil.person p,
     (SELECT purpose, version FROM vigil.consent_text
      WHERE purpose = $2::text AND valid_from <= now() AND ($3::integer = 0 OR version = $3)
      ORDER BY version DESC LIMIT 1) t
WHERE p.person_id = $1::bigint AND p.valid_to IS NULL
  AND (p.person_id = vigil.scope_person()
       OR EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = p.org_id))
RETURNING consent_id, version, vigil.rfc3339(at), org_id;
