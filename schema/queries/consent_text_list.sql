-- The words in force, one version a purpose.
SELECT DISTINCT ON (p.place) p.purpose, p.required, t.version, t.title_zh, t.title_en, t.text_zh, t.text_en
FROM vigil.consent_purpose p JOIN vigil.consent_text t USING (purpose)
WHERE t.valid_from <= now()
ORDER BY p.place, t.version DESC;
