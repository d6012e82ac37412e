-- The street network as SQL users and pgRouting see it, with the costs of the
-- engine: integer milliseconds, computed by the same integer arithmetic.

-- Length over speed, rounded up once; the speed in whole metres an hour. Null
-- where the mode may not go, or would not arrive within 2^31 - 2 ms.
CREATE FUNCTION vigil.edge_ms(length_cm integer, kmh double precision, maxspeed_kmh smallint)
RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN ms < 2147483647 THEN ms::integer END
    FROM (SELECT (length_cm::bigint * 36000 + speed - 1) / speed AS ms
          FROM (SELECT nullif(round(CASE WHEN maxspeed_kmh > 0 AND maxspeed_kmh < kmh
                                         THEN maxspeed_kmh ELSE kmh END * 1000), 0)::bigint AS speed
               ) AS s
         ) AS m
$$;

-- An edge is a segment in one direction: 2 x segment_id in way direction, one more
-- against it. Cost null: the mode may not go that way. For pgRouting:
--   SELECT edge_id AS id, source, target, car_ms AS cost FROM vigil.edge WHERE car_ms IS NOT NULL
CREATE VIEW vigil.edge AS
SELECT 2 * segment_id + back AS edge_id,
       segment_id,
       back = 1 AS against,
       CASE back WHEN 0 THEN from_node ELSE to_node END AS source,
       CASE back WHEN 0 THEN to_node ELSE from_node END AS target,
       length_cm,
       CASE WHEN access >> back & 1 = 1
            THEN vigil.edge_ms(length_cm, foot.kmh, NULL) END AS foot_ms,
       CASE WHEN access >> (2 + back) & 1 = 1
            THEN vigil.edge_ms(length_cm, ebike.kmh, maxspeed_kmh) END AS ebike_ms,
       CASE WHEN access >> (4 + back) & 1 = 1
            THEN vigil.edge_ms(length_cm, car.kmh, maxspeed_kmh) END AS car_ms
FROM vigil.segment
CROSS JOIN (VALUES (0), (1)) AS direction (back)
LEFT JOIN vigil.speed foot ON foot.class = segment.class AND foot.mode = 'foot'
LEFT JOIN vigil.speed ebike ON ebike.class = segment.class AND ebike.mode = 'ebike'
LEFT JOIN vigil.speed car ON car.class = segment.class AND car.mode = 'car'
WHERE valid_to IS NULL;
