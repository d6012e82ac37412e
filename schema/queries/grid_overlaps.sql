-- Open grids of one community that share ground with the grids $1: both ids and
-- codes and the square metres, each pair once, at most $2; pairs within $1 only when
-- $3. Where two share less than a square metre, their borders were drawn twice and
-- not overlapping. A square degree is at most 1.24e10 square metres, so boxes that
-- share less than 8e-11 of one need no closer look: that spares most neighbours. Whoever
-- acts for an organisation is told of grids in its scope only.
-- IS NOT DISTINCT FROM, where = would do, keeps the planner from joining by community, which would pair
-- every grid of it with every other, where the index of places pairs neighbours.
WITH fresh AS (
    SELECT g.grid_id, g.profile, g.code, g.geom, vigil.grid_community(g.profile, g.code) AS community
    FROM unnest($1::bigint[]) AS w (grid_id) JOIN vigil.grid g USING (grid_id)
), pair AS (
    SELECT n.grid_id, n.code, o.grid_id AS other_id, o.code AS other_code,
           ST_Area(ST_Intersection(n.geom, o.geom)::geography) AS common_m2
    FROM fresh n
    JOIN vigil.grid o ON o.valid_to IS NULL AND o.geom && n.geom AND o.grid_id <> n.grid_id
        AND o.profile IS NOT DISTINCT FROM n.profile
        AND vigil.grid_community(o.profile, o.code) IS NOT DISTINCT FROM n.community
    WHERE (least(ST_XMax(n.geom), ST_XMax(o.geom)) - greatest(ST_XMin(n.geom), ST_XMin(o.geom)))
          * (least(ST_YMax(n.geom), ST_YMax(o.geom)) - greatest(ST_YMin(n.geom), ST_YMin(o.geom))) > 8e-11
      AND (($3::boolean AND o.grid_id < n.grid_id) OR o.grid_id NOT IN (SELECT grid_id FROM fresh))
      AND (vigil.scope_org() IS NULL
           OR EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = vigil.scope_org() AND r.org_id = o.org_id))
      AND ST_Relate(n.geom, o.geom, '2********')
)
SELECT grid_id, code, other_id, other_code, common_m2
FROM pair
WHERE common_m2 >= 1
ORDER BY common_m2 DESC, grid_id, other_id
LIMIT $2::bigint;
