-- What the terrain is made of, as one number each: a row that is added, changed or closed makes another.
SELECT coalesce((SELECT import_id FROM vigil.import WHERE current), 0),
       (SELECT bit_xor(hashtextextended('g' || grid_id || ' ' || xmin::text, 0)) FROM vigil.grid WHERE valid_to IS NULL),
       (SELECT bit_xor(hashtextextended('o' || org_id || ' ' || xmin::text, 0)) FROM vigil.org WHERE valid_to IS NULL),
       (SELECT bit_xor(hashtextextended('c' || class || ' ' || xmin::text, 0)) FROM vigil.cover_class),
       (SELECT bit_xor(hashtextextended('h' || hot_spot_id || ' ' || xmin::text, 0)) FROM vigil.hot_spot WHERE valid_to IS NULL),
       (SELECT bit_xor(hashtextextended('s' || station_id || ' ' || xmin::text, 0)) FROM vigil.station WHERE valid_to IS NULL),
       (SELECT weight_version_id FROM vigil.weight_version WHERE in_use),
       (SELECT bit_xor(hashtextextended('l' || lookout_point_id || ' ' || xmin::text, 0)) FROM vigil.lookout_point);
