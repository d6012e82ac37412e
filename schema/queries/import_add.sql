-- A new import, not yet current: its number is needed by its streets.
INSERT INTO vigil.import (file_name, file_sha256, city_name, attribution, started_at, finished_at,
                          segment_count, bounds)
SELECT $1, $2, $3, $4, to_timestamp($5::bigint / 1e6), clock_timestamp(), count(*),
       -- a little larger, because a single straight street would make no polygon
       ST_SetSRID(ST_Expand(ST_Extent(geom), 0.00001)::geometry, 4326)
FROM vigil_staging.segment
RETURNING import_id
