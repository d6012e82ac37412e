-- People whom transactions from $1 on have changed, with where each was last; from
-- 0: everyone.
SELECT p.person_id, p.display_name, p.mode, p.skills, p.on_duty, p.valid_to IS NOT NULL,
       l.lon_e7, l.lat_e7, coalesce(l.accuracy_dm, -1), coalesce(l.speed_cms, -1), l.fix_us,
       l.received_us
FROM vigil.person p LEFT JOIN vigil.position_last l USING (person_id)
WHERE p.changed_txid >= $1::bigint AND (p.valid_to IS NULL OR $1::bigint > 0)
ORDER BY p.person_id;
