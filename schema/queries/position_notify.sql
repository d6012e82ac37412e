-- Tells the other nodes: the texts of relay_pack, a line each.
SELECT pg_notify('vigil_position', part) FROM string_to_table($1::text, E'\n') AS part;
