-- Whether volunteers may be sent to incidents of a type, and from which age.
SELECT volunteer_allowed, min_age FROM vigil.incident_type
WHERE type = $1::text AND valid_to IS NULL;
