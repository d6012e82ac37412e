-- A beat over the segments $5 in their order; no row when one of them is not there.
WITH streets AS (
    SELECT count(*) AS found, coalesce(sum(g.length_cm), 0) AS length_cm
    FROM unnest($5::bigint[]) s (segment_id) JOIN vigil.segment g USING (segment_id) WHERE g.valid_to IS NULL
), added AS (
    INSERT INTO vigil.beat (beat_id, org_id, code, name, length_cm)
    SELECT $1::bigint, $2::bigint, $3::text, $4::text, length_cm FROM streets WHERE found = cardinality($5::bigint[])
    RETURNING beat_id, org_id
)
INSERT INTO vigil.beat_segment (beat_id, position, segment_id, org_id)
SELECT a.beat_id, s.position, s.segment_id, a.org_id
FROM added a, unnest($5::bigint[]) WITH ORDINALITY s (segment_id, position);
