-- The streets of closures $1 and on which sides.
SELECT closure_id, segment_id, sides FROM vigil.closure_segment WHERE closure_id = ANY ($1::bigint[]) ORDER BY closure_id;
