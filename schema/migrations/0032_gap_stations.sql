-- Of every stored gap the station that is nearest to it on foot. What was stored before does
-- not know it.
ALTER TABLE vigil.cover_gap ADD COLUMN station_id bigint;

CREATE OR REPLACE VIEW vigil.gap WITH (security_invoker = true) AS
SELECT w.kind, w.starts_at, x.segment_id, g.name AS street, x.grid_id, x.org_id, x.from_cm / 100.0 AS from_m,
       x.to_cm / 100.0 AS to_m, (x.to_cm - x.from_cm) / 100.0 AS length_m, x.uncovered_s / 3600.0 AS hours,
       (x.to_cm - x.from_cm) / 100.0 * x.uncovered_s / 3600.0 AS metre_hours,
       vigil.stretch(g.geom, g.length_cm, x.from_cm, x.to_cm) AS geom, x.station_id
FROM vigil.cover_gap x JOIN vigil.cover_week w USING (week_id) JOIN vigil.segment g USING (segment_id);
