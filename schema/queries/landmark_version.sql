-- Counted up whenever a station, a lookout point or a site is added, changed or closed.
SELECT coalesce(sum(version), 0)::bigint
FROM vigil.layer_version
WHERE layer IN ('stations', 'lookouts', 'sites');
