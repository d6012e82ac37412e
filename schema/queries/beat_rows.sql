-- Beats: $1 up to which id or null, $2 after which id, $3 how many, $4 at or below which
-- organisation, $5 nothing, $6 and $7 from and to which day,
-- $8 nothing, $9 nothing.
SELECT b.beat_id, b.version, json_build_object(
    'beat_id', b.beat_id, 'org_id', b.org_id, 'code', b.code, 'name', b.name, 'length_m', b.length_cm / 100.0,
    'segments', (SELECT json_agg(g.segment_id ORDER BY g.position) FROM vigil.beat_segment g WHERE g.beat_id = b.beat_id),
    'checkpoints', (SELECT coalesce(json_agg(json_build_object('position', k.position, 'name', k.name,
            'segment_id', k.segment_id, 'at_m', k.at_cm / 100.0, 'stay_s', k.stay_s,
            'place', json_build_object('lon', round(ST_X(o.at)::numeric, 7), 'lat', round(ST_Y(o.at)::numeric, 7), 'frame', 'wgs84'))
            ORDER BY k.position), '[]')
        FROM vigil.beat_checkpoint k JOIN vigil.segment g USING (segment_id),
             LATERAL ST_LineInterpolatePoint(g.geom, least(k.at_cm::float8 / g.length_cm, 1)) AS o (at)
        WHERE k.beat_id = b.beat_id),
    'version', b.version, 'valid_from', vigil.rfc3339(b.valid_from), 'valid_to', vigil.rfc3339(b.valid_to))::text
FROM vigil.beat b
WHERE b.beat_id > $2::bigint AND b.beat_id <= coalesce($1::bigint, 9007199254740991)
  AND ($1 IS NOT NULL OR b.valid_to IS NULL)
  AND (EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = b.org_id)
       OR b.org_id IN (SELECT vigil.roster_orgs() WHERE vigil.scope_person() IS NOT NULL))
       AND ($4::bigint IS NULL OR b.org_id IN (SELECT org_id FROM vigil.org_reach WHERE ancestor_id = $4::bigint))
  AND $5::bigint IS NULL
  AND $6::text::date IS NULL
  AND $7::text::date IS NULL
  AND $8::text IS NULL
  AND $9::bigint IS NULL
ORDER BY b.beat_id LIMIT $3::bigint;
