-- The stretches of one person, item by item.
INSERT INTO vigil.proven (claim_id, org_id, squad_org_id, person_id, segment_id, from_cm, to_cm, in_at, out_at,
                          evidence, planned)
SELECT c.claim_id, c.org_id, c.squad_org_id, $2::bigint, v.segment_id, v.from_cm, v.to_cm,
       to_timestamp(v.in_us / 1e6), to_timestamp(v.out_us / 1e6),
       (ARRAY['positions', 'only_way', 'alongside'])[v.evidence + 1], v.planned = 1
FROM vigil.claim c, unnest($3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[],
                           $9::bigint[]) v (segment_id, from_cm, to_cm, in_us, out_us, evidence, planned)
WHERE c.claim_id = $1::bigint;
