-- Remembers that $1 was made, in the transaction that made it.
INSERT INTO vigil.pretended (what) VALUES ($1::text);
