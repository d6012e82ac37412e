-- Which classes of streets count, and for how long a visit does, by class.
SELECT class, counts, window_s FROM vigil.cover_class ORDER BY class;
