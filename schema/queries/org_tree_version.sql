-- Counted up by every change of the tree and of the mutual aid rules.
SELECT version FROM vigil.org_tree;
