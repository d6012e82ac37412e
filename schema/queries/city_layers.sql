-- The layers beside the streets of which the extract has anything, between blanks.
SELECT concat_ws(' ',
    CASE WHEN EXISTS (SELECT FROM osm.water) THEN 'water' END,
    CASE WHEN EXISTS (SELECT FROM osm.green) THEN 'green' END,
    CASE WHEN EXISTS (SELECT FROM osm.building) THEN 'buildings' END,
    CASE WHEN EXISTS (SELECT FROM osm.place) THEN 'places' END,
    CASE WHEN EXISTS (SELECT FROM osm.boundary) THEN 'boundaries' END);
