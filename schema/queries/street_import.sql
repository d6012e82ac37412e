SELECT import_id,
       (extract(epoch FROM started_at) * 1000000)::bigint,
       city_name,
       attribution
FROM vigil.import
WHERE current;
