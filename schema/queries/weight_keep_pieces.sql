-- Pieces of version $1: segments, from, to and weights, as long as one another.
INSERT INTO vigil.weight_piece (weight_version_id, segment_id, from_cm, to_cm, weight)
SELECT $1::bigint, s, a, b, w FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[]) AS p (s, a, b, w);
