-- Streets that are not covered, stretch by stretch.
CREATE TABLE gaps (
    fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    geom LINESTRING NOT NULL,
    gap_id TEXT NOT NULL,
    segment_id INTEGER NOT NULL,
    street TEXT NOT NULL,
    street_class TEXT NOT NULL,
    grid_id INTEGER,
    grid_code TEXT,
    station_id INTEGER,
    station TEXT,
    org_id INTEGER NOT NULL,
    from_m DOUBLE NOT NULL,
    to_m DOUBLE NOT NULL,
    length_m DOUBLE NOT NULL,
    class TEXT NOT NULL,
    hours DOUBLE,
    metre_hours DOUBLE,
    weight DOUBLE NOT NULL,
    squad_id INTEGER,
    squad TEXT,
    walk_s INTEGER,
    fix TEXT,
    fix_lookout_point_id INTEGER,
    fix_cost_min INTEGER,
    fix_gain_metre_hours DOUBLE
);
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('gaps', 'features', 'gaps', 'Stretches of streets that are not covered', 4326);
INSERT INTO gpkg_geometry_columns VALUES ('gaps', 'geom', 'LINESTRING', 4326, 0, 0);
