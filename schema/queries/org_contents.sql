-- What is open right at organisation $1: how many, and the words for one and for more.
-- Of people those at home there and those who belong to it beside.
SELECT count, one, more
FROM (VALUES
    (1, (SELECT count(*) FROM vigil.org WHERE parent_id = $1::bigint AND valid_to IS NULL),
     'organisation', 'organisations'),
    (2, (SELECT count(*) FROM (
            SELECT person_id FROM vigil.person WHERE org_id = $1 AND valid_to IS NULL
            UNION
            SELECT person_id FROM vigil.membership WHERE org_id = $1 AND valid_to IS NULL) p),
     'person', 'people'),
    (3, (SELECT count(*) FROM vigil.station WHERE org_id = $1 AND valid_to IS NULL), 'station', 'stations'),
    (4, (SELECT count(*) FROM vigil.lookout_point WHERE org_id = $1 AND valid_to IS NULL),
     'lookout point', 'lookout points'),
    (5, (SELECT count(*) FROM vigil.grid WHERE org_id = $1 AND valid_to IS NULL), 'grid', 'grids'),
    (6, (SELECT count(*) FROM vigil.site WHERE org_id = $1 AND valid_to IS NULL), 'site', 'sites'),
    (7, (SELECT count(*) FROM vigil.squad WHERE org_id = $1 AND valid_to IS NULL), 'squad', 'squads')
) AS what (place, count, one, more)
WHERE count > 0
ORDER BY place;
