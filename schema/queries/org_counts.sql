-- What stands at organisation $1 (own) and at or below it (all), open only. People are
-- counted in memory.
WITH reach AS (SELECT org_id, depth FROM vigil.org_reach WHERE ancestor_id = $1::bigint)
SELECT
    (SELECT count(*) FROM vigil.org JOIN reach USING (org_id) WHERE valid_to IS NULL AND depth = 1),
    (SELECT count(*) FROM vigil.org JOIN reach USING (org_id) WHERE valid_to IS NULL AND depth > 0),
    (SELECT count(*) FROM vigil.station WHERE org_id = $1 AND valid_to IS NULL),
    (SELECT count(*) FROM vigil.station JOIN reach USING (org_id) WHERE valid_to IS NULL),
    (SELECT count(*) FROM vigil.lookout_point WHERE org_id = $1 AND valid_to IS NULL),
    (SELECT count(*) FROM vigil.lookout_point JOIN reach USING (org_id) WHERE valid_to IS NULL),
    (SELECT count(*) FROM vigil.squad WHERE org_id = $1 AND valid_to IS NULL),
    (SELECT count(*) FROM vigil.squad JOIN reach USING (org_id) WHERE valid_to IS NULL);
