-- The open fences, in the order of their ids; whether they ask who is absent.
SELECT fence_id, org_id, coalesce(incident_id, 0), whom, margin_m, coalesce(dwell_s, 0), coalesce(radius_m, 0),
       ST_AsEWKB(geom), 'absent' = ANY (kinds)
FROM vigil.fence WHERE valid_to IS NULL
ORDER BY fence_id;
