-- The built-up area: a hull of the streets' ends that follows their outline.
SELECT ST_AsBinary(ST_ConcaveHull(ST_Collect(ST_StartPoint(geom)), 0.1), 'NDR')
FROM vigil.segment
WHERE valid_to IS NULL AND access <> 0;
