-- Which classes of streets count, and how long a visit does.
SELECT class, counts, window_s FROM vigil.cover_class;
