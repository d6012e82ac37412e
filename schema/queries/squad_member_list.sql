-- Who is in squad $1 now, leaders first; $2 one person only, or null.
SELECT m.person_id, p.display_name, p.mode, p.on_duty, m.role, vigil.rfc3339(m.valid_from)
FROM vigil.squad_member m JOIN vigil.person p USING (person_id)
WHERE m.squad_id = $1::bigint AND m.valid_to IS NULL AND ($2::bigint IS NULL OR m.person_id = $2)
ORDER BY m.role <> 'leader', m.person_id;
