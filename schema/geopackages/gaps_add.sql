-- One gap: its line, then its columns as gaps.sql has them.
INSERT INTO gaps (geom, gap_id, segment_id, street, street_class, grid_id, grid_code, station_id, station, org_id,
                  from_m, to_m, length_m, class, hours, metre_hours, weight, squad_id, squad, walk_s, fix,
                  fix_lookout_point_id, fix_cost_min, fix_gain_metre_hours)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);
