-- Pieces that a lookout point sees, or that are hidden from it.
INSERT INTO vigil.lookout_view (lookout_point_id, org_id, segment_id, from_cm, to_cm, is_blocked)
SELECT $1::bigint, $2::bigint, p.segment_id, p.from_cm, p.to_cm, $6::boolean
FROM unnest($3::bigint[], $4::bigint[], $5::bigint[]) AS p (segment_id, from_cm, to_cm);
