SELECT vigil.incident_lock(wanted.id)
FROM unnest($1::bigint[]) AS wanted (id);
