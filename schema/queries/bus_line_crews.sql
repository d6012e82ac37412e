-- Who drives along on which line: herself, or as one of a crew; and where she is at home.
SELECT p.person_id, coalesce(nullif(p.line, ''), s.line), p.org_id
FROM vigil.person p
LEFT JOIN LATERAL (SELECT q.line FROM vigil.squad_member m JOIN vigil.squad q USING (squad_id)
                   WHERE m.person_id = p.person_id AND m.valid_to IS NULL AND q.valid_to IS NULL AND q.mode = 'bus'
                   ORDER BY m.member_id LIMIT 1) s ON true
WHERE p.mode = 'bus' AND p.valid_to IS NULL AND coalesce(nullif(p.line, ''), s.line) IS NOT NULL
ORDER BY p.person_id;
