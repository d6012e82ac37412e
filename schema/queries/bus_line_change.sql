-- A bus line at version $2 (0: at any) by another name and course; null: as it was.
UPDATE vigil.bus_line SET name = $3::text, near_m = $4::integer, off_m = $5::integer,
    path = coalesce(ST_GeomFromEWKB($6::bytea), path), stops = coalesce(ST_GeomFromEWKB($7::bytea), stops),
    stop_names = coalesce(CASE WHEN $8::text IS NOT NULL THEN ARRAY(SELECT json_array_elements_text($8::json)) END, stop_names),
    version = version + 1
WHERE bus_line_id = $1::bigint AND valid_to IS NULL AND (version = $2::bigint OR $2 = 0)
  AND EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = bus_line.org_id);
