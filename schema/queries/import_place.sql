WITH gone AS (DELETE FROM osm.place)
INSERT INTO osm.place (osm_id, kind, name, tags, geom)
SELECT osm_id, kind, tags ->> 'name',
       coalesce((SELECT jsonb_object_agg(key, value) FROM jsonb_each(tags)
                 WHERE key LIKE 'name:%' OR key IN ('alt_name', 'population')), '{}'),
       geom
FROM vigil_staging.place
