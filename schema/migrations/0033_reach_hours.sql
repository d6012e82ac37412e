-- Who could have come: at every full hour that is over, by how many people each stretch of
-- street was reached in time. Who they were is not kept, and no position is.

CREATE TABLE vigil.reach_hour (
    at          timestamptz PRIMARY KEY CHECK (extract(epoch FROM at)::bigint % 3600 = 0),
    org_id      bigint NOT NULL DEFAULT 1 REFERENCES vigil.org CHECK (org_id = 1), -- the city's: it is told as a whole
    import_id   bigint NOT NULL REFERENCES vigil.import,
    limit_s     integer NOT NULL CHECK (limit_s BETWEEN 1 AND 900),
    people      integer NOT NULL CHECK (people >= 0), -- who could have been sent from anywhere
    -- Ascending, one item a stretch: some hundred thousand rows an hour would be too many.
    segment_ids bigint[] NOT NULL,
    from_cm     integer[] NOT NULL CHECK (cardinality(from_cm) = cardinality(segment_ids)),
    to_cm       integer[] NOT NULL CHECK (cardinality(to_cm) = cardinality(segment_ids)),
    counts      smallint[] NOT NULL CHECK (cardinality(counts) = cardinality(segment_ids)), -- people, up to as many as are told apart
    made_at     timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- The same as rows, on the streets of the current import: what was cut anew is found by
-- the measures along its way.
CREATE VIEW vigil.reached WITH (security_invoker = true) AS
SELECT h.at, h.org_id, n.segment_id, n.from_cm, n.to_cm, p.people
FROM vigil.reach_hour h
CROSS JOIN LATERAL unnest(h.segment_ids, h.from_cm, h.to_cm, h.counts) AS p (segment_id, from_cm, to_cm, people)
JOIN vigil.segment g USING (segment_id)
CROSS JOIN LATERAL (
    SELECT g.segment_id, least(p.from_cm, g.length_cm) AS from_cm, least(p.to_cm, g.length_cm) AS to_cm
    WHERE g.valid_to IS NULL
    UNION ALL
    SELECT s.segment_id, (greatest(g.start_cm + p.from_cm, s.start_cm) - s.start_cm)::integer,
           (least(g.start_cm + p.to_cm, s.start_cm + s.length_cm) - s.start_cm)::integer
    FROM vigil.segment s
    WHERE g.valid_to IS NOT NULL AND s.way_id = g.way_id AND s.valid_to IS NULL) n
WHERE n.to_cm > n.from_cm;

ALTER TABLE vigil.reach_hour ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY app ON vigil.reach_hour TO vigil_app
    USING (org_id IN (SELECT org_id FROM vigil.org_reach WHERE ancestor_id = vigil.scope_org()))
    WITH CHECK (org_id IN (SELECT org_id FROM vigil.org_reach WHERE ancestor_id = vigil.scope_org()));
CREATE POLICY engine ON vigil.reach_hour TO vigil_engine USING (true) WITH CHECK (true);
GRANT SELECT ON vigil.reach_hour TO vigil_app;
GRANT SELECT, INSERT, DELETE ON vigil.reach_hour TO vigil_engine;
GRANT SELECT ON vigil.reached TO vigil_app, vigil_engine;
