-- Who is on the lists of fences that are not for everyone, in order: the members of their
-- squad, or who has a shift there now.
SELECT f.fence_id, m.person_id
FROM vigil.fence f JOIN vigil.squad_member m USING (squad_id)
WHERE f.valid_to IS NULL AND f.whom = 'squad' AND m.valid_to IS NULL
UNION
SELECT r.fence_id, r.person_id
FROM vigil.fence_roster r JOIN vigil.fence f USING (fence_id)
WHERE f.whom = 'rostered'
ORDER BY 1, 2;
