-- Who has been taken by which incident, now.
SELECT person_id, incident_id FROM vigil.dispatch_person WHERE active;
