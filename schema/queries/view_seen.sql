-- From where and how far a lookout point's view was worked out; the row stays locked until the transaction ends.
INSERT INTO vigil.lookout_seen (lookout_point_id, org_id, lon_e7, lat_e7, reach_m, import_id, building_count, seen_cm, blocked_cm)
VALUES ($1::bigint, $2::bigint, $3::integer, $4::integer, $5::integer, $6::bigint, $7::integer, $8::bigint, $9::bigint)
ON CONFLICT (lookout_point_id) DO UPDATE SET org_id = excluded.org_id, lon_e7 = excluded.lon_e7, lat_e7 = excluded.lat_e7,
    reach_m = excluded.reach_m, import_id = excluded.import_id, building_count = excluded.building_count,
    seen_cm = excluded.seen_cm, blocked_cm = excluded.blocked_cm, made_at = now();
