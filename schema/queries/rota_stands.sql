-- Whether an organisation is in scope, and whether what is named with it (a station, a lookout
-- point, a squad, a beat; or null) stands at or below it.
SELECT EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = $1::bigint),
    EXISTS (SELECT FROM (SELECT org_id FROM vigil.station WHERE station_id = $2::bigint AND valid_to IS NULL
            UNION ALL SELECT org_id FROM vigil.lookout_point WHERE lookout_point_id = $3::bigint AND valid_to IS NULL
            UNION ALL SELECT org_id FROM vigil.squad WHERE squad_id = $4::bigint AND valid_to IS NULL
            UNION ALL SELECT org_id FROM vigil.beat WHERE beat_id = $5::bigint AND valid_to IS NULL) named
            JOIN vigil.org_reach n ON n.org_id = named.org_id AND n.ancestor_id = $1);
