-- The incidents of the run $1 of `vigil load`, by the number in their note.
SELECT substr(note, length($1::text) + 2)::bigint AS number, 0::bigint, incident_id, 0::bigint
FROM vigil.incident
WHERE starts_with(note, $1::text || '-');
