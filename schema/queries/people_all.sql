-- Everyone, with where each was last, where each belongs and who has taken her; as
-- people_since.
SELECT p.person_id, p.display_name, p.mode, p.skills, p.on_duty, false,
       l.lon_e7, l.lat_e7, coalesce(l.accuracy_dm, -1), coalesce(l.speed_cms, -1), l.fix_us,
       l.received_us,
       p.org_id, coalesce(p.birth_year, 0), p.hired, p.location_consent,
       coalesce(p.credential_until <= now(), false), m.orgs, coalesce(m.roles, 0),
       coalesce(d.incident_id, 0), coalesce(l.flags, 0)
FROM vigil.person p
LEFT JOIN (SELECT * FROM vigil.position_last WHERE fix_us > 0) l USING (person_id)
LEFT JOIN (SELECT person_id, array_agg(DISTINCT org_id) AS orgs,
                  bit_or(vigil.membership_bit(role)) AS roles
           FROM vigil.membership WHERE valid_to IS NULL GROUP BY person_id) m USING (person_id)
LEFT JOIN (SELECT person_id, incident_id FROM vigil.dispatch_person WHERE active) d
    USING (person_id)
WHERE p.valid_to IS NULL;
