-- The made-up city that is here, as "size seed people on_duty"; no row when there is none.
SELECT what FROM vigil.pretended WHERE what LIKE 'city %';
