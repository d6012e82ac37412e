-- People whom transactions from $1 on have changed, or whose mandatory credential has
-- run out after $2 (microseconds since 1970), as people_all gives them; column 6 says
-- who is gone.
SELECT p.person_id, p.display_name, p.mode, p.skills, p.on_duty, p.valid_to IS NOT NULL,
       l.lon_e7, l.lat_e7, coalesce(l.accuracy_dm, -1), coalesce(l.speed_cms, -1), l.fix_us,
       l.received_us,
       p.org_id, coalesce(p.birth_year, 0), p.hired, p.location_consent,
       coalesce(p.credential_until <= now(), false), m.orgs, coalesce(m.roles, 0),
       coalesce(d.incident_id, 0), coalesce(l.flags, 0)
FROM (SELECT person_id FROM vigil.person WHERE changed_txid >= $1::bigint
      UNION
      SELECT person_id FROM vigil.person
      WHERE credential_until > to_timestamp($2::bigint / 1e6) AND credential_until <= now()) who
JOIN vigil.person p USING (person_id)
LEFT JOIN (SELECT * FROM vigil.position_last WHERE fix_us > 0) l USING (person_id)
LEFT JOIN LATERAL (SELECT array_agg(DISTINCT org_id) AS orgs,
                          bit_or(vigil.membership_bit(role)) AS roles
                   FROM vigil.membership
                   WHERE person_id = p.person_id AND valid_to IS NULL) m ON true
LEFT JOIN vigil.dispatch_person d ON d.person_id = p.person_id AND d.active;
