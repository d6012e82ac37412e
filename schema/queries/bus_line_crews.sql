-- Who drives along on which line: as she says, or as one of the crew of a bus.
SELECT p.person_id, coalesce(nullif(p.line, ''), s.line)
FROM vigil.person p
LEFT JOIN LATERAL (SELECT q.line FROM vigil.squad_member m JOIN vigil.squad q USING (squad_id)
                   WHERE m.person_id = p.person_id AND m.valid_to IS NULL AND q.valid_to IS NULL AND q.mode = 'bus'
                   ORDER BY m.member_id LIMIT 1) s ON true
WHERE p.mode = 'bus' AND p.valid_to IS NULL AND coalesce(nullif(p.line, ''), s.line) IS NOT NULL
ORDER BY p.person_id;
