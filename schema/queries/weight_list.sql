-- The versions before $1, the newest first, $2 at most, each as JSON.
SELECT weight_version_id, json_build_object('weight_version_id', weight_version_id, 'made_at', vigil.rfc3339(made_at),
    'rule', rule, 'incident_count', incident_count, 'point_count', point_count, 'hot_spot_count', hot_spot_count,
    'rest', rest / 1000.0, 'in_use', in_use)::text
FROM vigil.weight_version WHERE weight_version_id < $1::bigint
ORDER BY weight_version_id DESC LIMIT $2::bigint;
